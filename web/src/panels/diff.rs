//! The difference of two texts, line by line.

use quarterdeck_shared::conversations::FileHunk;
use yew::prelude::*;

use super::deed::visible;

/// Beyond so many pairs of lines everything old goes and everything new comes.
const PAIRS: usize = 250_000;

/// Lines shown before one asks for more.
const SHOWN: usize = 300;

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Stays,
    /// It comes.
    Comes,
    /// It goes.
    Goes,
    /// Lines in between are not told.
    Gap,
}

/// A line and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What becomes of it.
    pub fate: Fate,
    /// Its number in the new text, where that is known.
    pub number: Option<usize>,
    /// Its words.
    pub text: String,
}

impl DiffLine {
    fn new(fate: Fate, number: Option<usize>, text: &str) -> Self {
        Self { fate, number, text: text.to_owned() }
    }

    /// The mark between two places of one file.
    pub fn gap() -> Self {
        Self::new(Fate::Gap, None, "…")
    }
}

/// A text that comes whole, its lines numbered.
pub fn added(text: &str) -> Vec<DiffLine> {
    text.lines().enumerate().map(|(at, line)| DiffLine::new(Fate::Comes, Some(at + 1), line)).collect()
}

/// The places of a file that changed, as they were noted, numbered where that is known.
pub fn noted(hunks: &[FileHunk]) -> Vec<DiffLine> {
    let mut lines = Vec::new();
    for (place, hunk) in hunks.iter().enumerate() {
        if place > 0 {
            lines.push(DiffLine::gap());
        }
        let (mut old, mut new) = (hunk.old_start as usize, hunk.new_start as usize);
        let known = |number: usize, start: u64| (start > 0).then_some(number);
        for line in &hunk.lines {
            let text = line.get(1..).unwrap_or_default();
            let (fate, number) = match line.as_bytes().first() {
                Some(b'+') => (Fate::Comes, known(new, hunk.new_start)),
                Some(b'-') => (Fate::Goes, known(old, hunk.old_start)),
                Some(b'\\') => continue,
                _ => (Fate::Stays, known(new, hunk.new_start)),
            };
            old += usize::from(fate != Fate::Comes);
            new += usize::from(fate != Fate::Goes);
            lines.push(DiffLine::new(fate, number, text));
        }
    }
    lines
}

/// What turns one text into the other. Where in a file they stand is not known, so lines carry no number.
pub fn changed(old: &str, new: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same_head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[same_head..], &new[same_head..]);
    let same_tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_rest, tail) = old_rest.split_at(old_rest.len() - same_tail);
    let new_rest = &new_rest[..new_rest.len() - same_tail];
    let stays = |line: &&str| DiffLine::new(Fate::Stays, None, line);
    let mut lines: Vec<_> = old[..same_head].iter().map(stays).collect();
    lines.extend(middle(old_rest, new_rest));
    lines.extend(tail.iter().map(stays));
    lines
}

fn middle(old: &[&str], new: &[&str]) -> Vec<DiffLine> {
    let goes = |line: &&str| DiffLine::new(Fate::Goes, None, line);
    let comes = |line: &&str| DiffLine::new(Fate::Comes, None, line);
    if old.len().saturating_mul(new.len()) > PAIRS {
        return old.iter().map(goes).chain(new.iter().map(comes)).collect();
    }
    let longest = longest(old, new);
    let (mut a, mut b) = (0, 0);
    let mut lines = Vec::new();
    while let (Some(gone), Some(come)) = (old.get(a), new.get(b)) {
        if gone == come {
            lines.push(DiffLine::new(Fate::Stays, None, gone));
            (a, b) = (a + 1, b + 1);
        } else if longest[a + 1][b] >= longest[a][b + 1] {
            lines.push(goes(gone));
            a += 1;
        } else {
            lines.push(comes(come));
            b += 1;
        }
    }
    lines.extend(old[a..].iter().map(goes));
    lines.extend(new[b..].iter().map(comes));
    lines
}

/// For each pair of places, how many lines both texts share from there on.
fn longest(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            table[a][b] =
                if old[a] == new[b] { table[a + 1][b + 1] + 1 } else { table[a + 1][b].max(table[a][b + 1]) };
        }
    }
    table
}

/// How many lines come and how many go.
pub fn extent(lines: &[DiffLine]) -> (usize, usize) {
    let count = |fate| lines.iter().filter(|line| line.fate == fate).count();
    (count(Fate::Comes), count(Fate::Goes))
}

/// What to show.
#[derive(Properties, PartialEq)]
pub struct DiffProps {
    /// Its name for screen readers.
    pub label: AttrValue,
    /// The lines, in order.
    pub lines: Vec<DiffLine>,
}

/// A difference; a long one shows its beginning and the way to the rest.
#[component]
pub fn Diff(props: &DiffProps) -> Html {
    let whole = use_state_eq(|| false);
    let over = props.lines.len().saturating_sub(SHOWN);
    let shown = if *whole { props.lines.len() } else { SHOWN };
    let more = {
        let whole = whole.clone();
        Callback::from(move |_| whole.set(true))
    };
    html! {
        <div class="diff" tabindex="0" role="group" aria-label={&props.label}>
            { for props.lines.iter().take(shown).map(line) }
            if over > 0 && !*whole {
                <button type="button" class="button small bare" onclick={more}>{ format!("Show {over} more lines") }</button>
            }
        </div>
    }
}

fn line(line: &DiffLine) -> Html {
    let (class, sign, word) = match line.fate {
        Fate::Stays => (None, " ", None),
        Fate::Comes => (Some("add"), "+", Some("added: ")),
        Fate::Goes => (Some("cutl"), "−", Some("removed: ")),
        Fate::Gap => (Some("quiet"), "", None),
    };
    html! {
        <div {class}>
            <span>{ line.number }</span>
            <span aria-hidden="true">{ sign }</span>
            <span>if let Some(word) = word { <span class="sr">{ word }</span> }{ visible(&line.text) }</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    fn check(old: &str, new: &str, expected: &str) {
        let sign = |line: &DiffLine| match line.fate {
            Fate::Stays => format!(" {}", line.text),
            Fate::Comes => format!("+{}", line.text),
            Fate::Goes => format!("-{}", line.text),
            Fate::Gap => "…".to_owned(),
        };
        assert_eq!(changed(old, new).iter().map(sign).collect::<Vec<_>>().join("|"), expected);
    }

    #[test]
    fn what_both_texts_share_stays() {
        check("a\nb\nc", "a\nx\nc", " a|-b|+x| c");
        check("a\nb\nc\nd", "b\nd\ne", "-a| b|-c| d|+e");
        check("", "a\nb", "+a|+b");
        check("a\na", "a", " a|-a");
        check("a", "", "-a");
    }

    #[test]
    fn texts_too_long_to_compare_go_and_come_whole() {
        let (old, new) = ("a\n".repeat(600) + "x", "b\n".repeat(600) + "y");
        assert_eq!(extent(&changed(&old, &new)), (601, 601));
    }

    #[test]
    fn a_long_text_shows_its_beginning_and_the_way_to_the_rest() {
        let html = drawn(html! { <Diff label="a.txt" lines={added(&"x\n".repeat(450))} /> });
        holds(&html, &["Show 150 more lines", "aria-label=\"a.txt\"", "added: "]);
        assert_eq!(html.matches("class=\"add\"").count(), 300);
    }
}
