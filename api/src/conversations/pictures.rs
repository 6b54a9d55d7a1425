//! Pictures that stand in a conversation: shown only where their bytes are what they are said to be.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use orchestrator::conversations::{Picture, Said};

/// A picture that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What it is.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What pictures may be, and how their bytes begin.
const KINDS: [(&str, &[u8]); 4] = [
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF8"),
    ("image/webp", b"RIFF"),
];

/// The picture of this number in what was said.
pub(super) fn find(said: Said, number: usize) -> Option<Shown> {
    let picture = match said {
        Said::Image(picture) if number == 0 => picture,
        Said::Result(mut outcome) if number < outcome.images.len() => outcome.images.swap_remove(number),
        _ => return None,
    };
    show(&picture)
}

fn show(picture: &Picture) -> Option<Shown> {
    let text: String = picture.base64.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(text).ok()?;
    let (media_type, _) = KINDS
        .into_iter()
        .find(|(kind, begin)| *kind == picture.media_type && bytes.starts_with(begin))
        .filter(|(kind, _)| *kind != "image/webp" || bytes.get(8..12) == Some(b"WEBP"))?;
    Some(Shown { media_type, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(media_type: &str, bytes: &[u8]) -> Option<&'static str> {
        let picture = Picture { media_type: media_type.to_owned(), base64: STANDARD.encode(bytes) };
        find(Said::Image(picture), 0).map(|shown| shown.media_type)
    }

    #[test]
    fn only_pictures_are_pictures() {
        assert_eq!(shown("image/png", b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(shown("image/gif", b"GIF89a"), Some("image/gif"));
        assert_eq!(shown("image/webp", b"RIFF0000WEBPVP8 "), Some("image/webp"));
        for (kind, bytes) in [
            ("image/svg+xml", &b"<svg onload='x()'/>"[..]),
            ("image/png", b"<html>"),
            ("image/webp", b"RIFF0000WAVE"),
            ("text/html", b"\x89PNG\r\n\x1a\n"),
            ("image/jpeg", b"\x89PNG\r\n\x1a\n"),
        ] {
            assert_eq!(shown(kind, bytes), None, "{kind}");
        }
        let broken = Picture { media_type: "image/png".into(), base64: "not base64 at all".into() };
        assert_eq!(find(Said::Image(broken), 0), None);
    }
}
