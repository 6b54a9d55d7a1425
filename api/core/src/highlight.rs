//! Highlighting: a line of source text in pieces of one look each, by the language a file's name tells. It knows words,
//! texts, comments and numbers of the common languages, and nothing of their grammar; what it does not know is plain.

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Anything else.
    Plain,
    /// A word the language keeps for itself.
    Keyword,
    /// A text in quotes.
    String,
    /// Words to the reader.
    Comment,
    /// A number.
    Number,
}

impl Class {
    /// Its word; none for what is plain.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Keyword => Some("keyword"),
            Self::String => Some("string"),
            Self::Comment => Some("comment"),
            Self::Number => Some("number"),
        }
    }
}

/// How a language is written.
#[derive(Debug)]
pub struct Language {
    /// Ends of the names of its files.
    ends: &'static [&'static str],
    keywords: &'static str,
    line_comments: &'static [&'static str],
    block_comment: Option<(&'static str, &'static str)>,
    quotes: &'static [char],
}

/// What goes over from one line to the next: whether a comment is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open(bool);

const C_LIKE: &[&str] = &["//"];
const C_BLOCK: Option<(&str, &str)> = Some(("/*", "*/"));

const LANGUAGES: &[Language] = &[
    Language {
        ends: &["rs"],
        keywords: "as async await break const continue crate dyn else enum extern false fn for if impl in let loop \
                   match mod move mut pub ref return self Self static struct super trait true type unsafe use where while",
        line_comments: C_LIKE,
        block_comment: C_BLOCK,
        // A single quote begins a lifetime as often as a letter.
        quotes: &['"'],
    },
    Language {
        ends: &["js", "mjs", "cjs", "jsx", "ts", "tsx", "mts", "vue", "svelte"],
        keywords: "abstract any as async await boolean break case catch class const continue debugger default delete do \
                   else enum export extends false finally for from function if implements import in instanceof interface \
                   let new null number of private protected public readonly return static string super switch this throw \
                   true try type typeof undefined var void while yield",
        line_comments: C_LIKE,
        block_comment: C_BLOCK,
        quotes: &['"', '\'', '`'],
    },
    Language {
        ends: &["py", "pyi"],
        keywords: "False None True and as assert async await break class continue def del elif else except finally for \
                   from global if import in is lambda nonlocal not or pass raise return try while with yield match case",
        line_comments: &["#"],
        block_comment: Some(("\"\"\"", "\"\"\"")),
        quotes: &['"', '\''],
    },
    Language {
        ends: &["go"],
        keywords: "break case chan const continue default defer else fallthrough false for func go goto if import \
                   interface map nil package range return select struct switch true type var",
        line_comments: C_LIKE,
        block_comment: C_BLOCK,
        quotes: &['"', '\'', '`'],
    },
    Language {
        ends: &[
            "c", "h", "cc", "cpp", "hpp", "cxx", "java", "kt", "kts", "cs", "swift", "scala", "php", "dart",
            "proto",
        ],
        keywords: "abstract auto bool boolean break case catch char class const constexpr continue default do double else \
                   enum extends extern false final finally float for func fun goto guard if implements import in include \
                   inline int interface let long namespace new null nullptr override package private protected public \
                   return short signed sizeof static string struct super switch template this throw throws trait true try \
                   typedef typename union unsigned using val var virtual void volatile when while",
        line_comments: C_LIKE,
        block_comment: C_BLOCK,
        quotes: &['"', '\''],
    },
    Language {
        ends: &["sh", "bash", "zsh", "Dockerfile", "Makefile", "mk"],
        keywords: "case do done elif else esac export fi for function if in local readonly return select set then until \
                   while FROM RUN COPY ENV WORKDIR CMD ENTRYPOINT ARG EXPOSE",
        line_comments: &["#"],
        block_comment: None,
        quotes: &['"', '\''],
    },
    Language {
        ends: &["rb"],
        keywords: "alias and begin break case class def do else elsif end ensure false for if in module next nil not or \
                   redo rescue retry return self super then true undef unless until when while yield require",
        line_comments: &["#"],
        block_comment: None,
        quotes: &['"', '\''],
    },
    Language {
        ends: &["sql"],
        keywords: "add all alter and as asc begin between by case check commit constraint create cross default delete desc \
                   distinct drop else end exists foreign from full group having if in index inner insert into is join key \
                   left like limit not null on or order outer primary references right rollback select set table then \
                   union unique update values view when where with",
        line_comments: &["--"],
        block_comment: C_BLOCK,
        quotes: &['\'', '"'],
    },
    Language {
        ends: &["toml", "yaml", "yml", "ini", "cfg", "conf", "env", "properties"],
        keywords: "true false null yes no on off",
        line_comments: &["#", ";"],
        block_comment: None,
        quotes: &['"', '\''],
    },
    Language {
        ends: &["json", "jsonc", "json5", "jsonl"],
        keywords: "true false null",
        line_comments: C_LIKE,
        block_comment: C_BLOCK,
        quotes: &['"'],
    },
    Language {
        ends: &["css", "scss", "less"],
        keywords: "important media supports import from to",
        line_comments: &[],
        block_comment: C_BLOCK,
        quotes: &['"', '\''],
    },
    Language {
        ends: &["html", "htm", "xml", "svg"],
        keywords: "",
        line_comments: &[],
        block_comment: Some(("<!--", "-->")),
        quotes: &['"'],
    },
];

/// The language of a file, by its name.
pub fn language(path: &str) -> Option<&'static Language> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let end = name.rsplit('.').next().unwrap_or(name);
    LANGUAGES.iter().find(|language| language.ends.contains(&end) || language.ends.contains(&name))
}

/// A line in pieces, and what goes over to the next.
pub fn pieces<'line>(line: &'line str, language: &Language, open: Open) -> (Vec<(Class, &'line str)>, Open) {
    let mut found: Vec<(Class, usize, usize)> = Vec::new();
    let (mut at, mut open) = (0, open.0);
    while at < line.len() {
        let rest = &line[at..];
        let (class, length) =
            if open { comment_end(rest, language, &mut open) } else { next(rest, language, &mut open) };
        match found.last_mut() {
            Some((before, _, end)) if *before == class => *end += length,
            _ => found.push((class, at, at + length)),
        }
        at += length;
    }
    (found.into_iter().map(|(class, begin, end)| (class, &line[begin..end])).collect(), Open(open))
}

fn comment_end(rest: &str, language: &Language, open: &mut bool) -> (Class, usize) {
    let end = language.block_comment.and_then(|(_, end)| Some(rest.find(end)? + end.len()));
    *open = end.is_none();
    (Class::Comment, end.unwrap_or(rest.len()))
}

fn next(rest: &str, language: &Language, open: &mut bool) -> (Class, usize) {
    if let Some((begin, end)) = language.block_comment.filter(|(begin, _)| rest.starts_with(begin)) {
        let found = rest[begin.len()..].find(end);
        *open = found.is_none();
        return (Class::Comment, found.map_or(rest.len(), |at| begin.len() + at + end.len()));
    }
    if language.line_comments.iter().any(|begin| rest.starts_with(begin)) {
        return (Class::Comment, rest.len());
    }
    let Some(first) = rest.chars().next() else { return (Class::Plain, rest.len()) };
    if language.quotes.contains(&first) {
        return (Class::String, text_end(rest, first));
    }
    let belongs = |letter: char| letter.is_alphanumeric() || letter == '_';
    if !belongs(first) {
        return (Class::Plain, first.len_utf8());
    }
    let number = first.is_ascii_digit();
    let end = rest.find(|letter| !(belongs(letter) || number && letter == '.')).unwrap_or(rest.len());
    let word = &rest[..end];
    let keeps = |kept: &str| kept == word || (language.ends == ["sql"] && kept.eq_ignore_ascii_case(word));
    match () {
        () if number => (Class::Number, end),
        () if language.keywords.split_whitespace().any(keeps) => (Class::Keyword, end),
        () => (Class::Plain, end),
    }
}

/// Where a text in quotes ends; at the line's end where it does not.
fn text_end(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return at + letter.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(path: &str, line: &str, expected: &[(Class, &str)]) {
        let (found, _) = pieces(line, language(path).unwrap(), Open::default());
        let told: Vec<_> = found.into_iter().filter(|(class, _)| *class != Class::Plain).collect();
        assert_eq!(told, expected, "{line}");
    }

    #[test]
    fn words_texts_comments_and_numbers_are_told_apart() {
        let (keyword, string, comment, number) =
            (Class::Keyword, Class::String, Class::Comment, Class::Number);
        check(
            "/a/b.rs",
            "let x = \"a\\\"b\"; // 1.5",
            &[(keyword, "let"), (string, "\"a\\\"b\""), (comment, "// 1.5")],
        );
        check("a.py", "return 1.5 # x", &[(keyword, "return"), (number, "1.5"), (comment, "# x")]);
        check("Dockerfile", "RUN echo 'x'", &[(keyword, "RUN"), (string, "'x'")]);
        check("a.sql", "SELECT 1 -- one", &[(keyword, "SELECT"), (number, "1"), (comment, "-- one")]);
        assert!(language("notes.xyz").is_none());
    }

    #[test]
    fn a_comment_goes_over_lines_until_it_ends() {
        let rust = language("a.rs").unwrap();
        let (first, open) = pieces("a /* b", rust, Open::default());
        assert_eq!(first, [(Class::Plain, "a "), (Class::Comment, "/* b")]);
        let (second, open) = pieces("c */ let", rust, open);
        assert_eq!(second, [(Class::Comment, "c */"), (Class::Plain, " "), (Class::Keyword, "let")]);
        assert_eq!(open, Open::default());
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_line(line in any::<String>(), at in 0..LANGUAGES.len(), open in any::<bool>()) {
            let (pieces, _) = pieces(&line, &LANGUAGES[at], Open(open));
            let again: String = pieces.iter().map(|(_, text)| *text).collect();
            prop_assert_eq!(again, line);
        }
    }
}
