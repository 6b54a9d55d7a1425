//! Key combinations: written `mod+k`, `alt+n`, `?` or `g a`, matched against strokes, shown as key caps.

/// One press: the letter typed and what was held down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stroke {
    /// `KeyboardEvent.key`, such as `k`, `?` or `Escape`.
    pub key: String,
    /// `KeyboardEvent.code`, such as `KeyK`: which key, whatever it types.
    pub code: String,
    /// Control.
    pub ctrl: bool,
    /// ⌘ or the Windows key.
    pub meta: bool,
    /// Alt or ⌥.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
}

impl From<&web_sys::KeyboardEvent> for Stroke {
    fn from(event: &web_sys::KeyboardEvent) -> Self {
        Self {
            key: event.key(),
            code: event.code(),
            ctrl: event.ctrl_key(),
            meta: event.meta_key(),
            alt: event.alt_key(),
            shift: event.shift_key(),
        }
    }
}

impl Stroke {
    /// A stroke without modifiers types a letter; a field keeps those for itself.
    pub fn is_plain(&self) -> bool {
        !self.ctrl && !self.meta && !self.alt
    }
}

/// How a stroke stands to a combination, given the plain key pressed just before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is another key.
    No,
    /// It is the first of two.
    First,
    /// It is pressed now.
    Whole,
}

/// How `keys` (one combination, or two plain keys in a row) fits `stroke` after `before`.
pub fn fit(keys: &str, before: Option<&str>, stroke: &Stroke) -> Fit {
    match keys.split_once(' ') {
        Some((first, second)) if before == Some(first) => whole(plain(second, stroke)),
        Some((first, _)) if plain(first, stroke) => Fit::First,
        Some(_) => Fit::No,
        None => whole(single(keys, stroke)),
    }
}

/// The key caps of a combination: `⌘K` on a Mac, `Ctrl K` elsewhere.
pub fn caps(keys: &str, mac: bool) -> Vec<String> {
    keys.split(' ').map(|combination| cap(combination, mac)).collect()
}

fn cap(combination: &str, mac: bool) -> String {
    let glue = if mac { "" } else { " " };
    let parts = combination.split('+').map(|part| match (part, mac) {
        ("mod", true) => "⌘".into(),
        ("mod", false) => "Ctrl".into(),
        ("alt", true) => "⌥".into(),
        ("alt", false) => "Alt".into(),
        ("enter", _) => "↵".into(),
        ("escape", _) => "Esc".into(),
        (other, _) => other.to_uppercase(),
    });
    parts.collect::<Vec<String>>().join(glue)
}

fn whole(fits: bool) -> Fit {
    if fits { Fit::Whole } else { Fit::No }
}

fn plain(key: &str, stroke: &Stroke) -> bool {
    stroke.is_plain() && names(key, stroke)
}

fn single(combination: &str, stroke: &Stroke) -> bool {
    let mut parts: Vec<&str> = combination.split('+').collect();
    let key = parts.pop().unwrap_or_default();
    let (wants_mod, wants_alt) = (parts.contains(&"mod"), parts.contains(&"alt"));
    let has_mod = stroke.ctrl || stroke.meta;
    if wants_mod != has_mod || wants_alt != stroke.alt {
        return false;
    }
    names(key, stroke) || (wants_alt && stroke.code.eq_ignore_ascii_case(&format!("key{key}")))
}

fn names(key: &str, stroke: &Stroke) -> bool {
    let typed = stroke.key.to_lowercase();
    let letter = key.len() == 1 && key.bytes().all(|b| b.is_ascii_lowercase());
    typed == key && !(letter && stroke.shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(written: &str) -> Stroke {
        let key = written.rsplit('+').next().unwrap_or_default().to_owned();
        let code = format!("Key{}", key.to_uppercase());
        let held = |name| written.contains(&format!("{name}+"));
        Stroke { key, code, ctrl: held("ctrl"), meta: held("meta"), alt: held("alt"), shift: held("shift") }
    }

    #[track_caller]
    fn check(keys: &str, before: Option<&str>, pressed: &str, expected: Fit) {
        assert_eq!(
            fit(keys, before, &stroke(pressed)),
            expected,
            "{keys} after {before:?}, {pressed} pressed"
        );
    }

    #[test]
    fn mod_means_control_and_command_alike() {
        check("mod+k", None, "ctrl+k", Fit::Whole);
        check("mod+k", None, "meta+k", Fit::Whole);
        check("mod+k", None, "k", Fit::No);
    }

    #[test]
    fn a_plain_letter_is_not_taken_from_a_combination_of_the_browser() {
        check("t", None, "t", Fit::Whole);
        check("t", None, "ctrl+t", Fit::No);
        check("t", None, "shift+T", Fit::No);
    }

    #[test]
    fn a_question_mark_may_need_shift() {
        check("?", None, "shift+?", Fit::Whole);
    }

    #[test]
    fn alt_is_recognised_by_the_key_where_it_types_another_letter() {
        let mut typed = stroke("alt+n");
        typed.key = "˜".into();
        assert_eq!(fit("alt+n", None, &typed), Fit::Whole);
    }

    #[test]
    fn two_keys_in_a_row_go_to_a_page() {
        check("g a", None, "g", Fit::First);
        check("g a", Some("g"), "a", Fit::Whole);
        check("g a", None, "a", Fit::No);
        check("g a", Some("g"), "t", Fit::No);
    }

    #[test]
    fn key_caps_speak_the_language_of_the_machine() {
        assert_eq!(caps("mod+k", true), ["⌘K"]);
        assert_eq!(caps("mod+k", false), ["Ctrl K"]);
        assert_eq!(caps("g a", false), ["G", "A"]);
    }
}
