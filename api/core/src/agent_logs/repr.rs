//! Python's way of writing values down: found in it are texts by their names, whatever stands around them.

/// The first text that stands behind this name at the outermost object, such as the `cwd` of
/// `SystemMessage(subtype='init', data={'cwd': '/home/dev', …})`.
///
/// Names and texts within texts do not count, nor those of objects within: what a tool said is never taken for what
/// the message says.
pub fn text(repr: &str, name: &str) -> Option<String> {
    let mut letters = repr.chars().peekable();
    let mut depth = 0_usize;
    let mut last: Option<String> = None;
    let mut is_named = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' => {
                let read = quoted(&mut letters, letter)?;
                if is_named && depth == 1 {
                    return Some(read);
                }
                (last, is_named) = (Some(read), false);
            }
            '{' => (depth, last, is_named) = (depth + 1, None, false),
            '}' => (depth, last, is_named) = (depth.saturating_sub(1), None, false),
            ':' => is_named = last.as_deref() == Some(name),
            letter if letter.is_whitespace() => {}
            _ => (last, is_named) = (None, false),
        }
    }
    None
}

/// A text up to its closing mark; nothing where it was cut off before.
fn quoted(letters: &mut impl Iterator<Item = char>, mark: char) -> Option<String> {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('x') => coded(letters, 2, &mut text),
                Some('u') => coded(letters, 4, &mut text),
                Some('U') => coded(letters, 8, &mut text),
                Some(other) => text.push(other),
                None => {}
            },
            letter if letter == mark => return Some(text),
            letter => text.push(letter),
        }
    }
    None
}

fn coded(letters: &mut impl Iterator<Item = char>, digits: usize, text: &mut String) {
    let code: String = letters.take(digits).collect();
    text.push(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'));
}
