//! What stands out in a conversation, place by place on the line that stands for the whole.

use super::{Piece, Said, window::is_error};
use quarterdeck_shared::conversations::{ConversationMarks, MarkedPlace, PLACES, PlaceKind};

/// Marks on their way in.
#[derive(Debug)]
pub struct Marks {
    places: Vec<(PlaceKind, u64)>,
    all: ConversationMarks,
}

impl Default for Marks {
    fn default() -> Self {
        let places = vec![(PlaceKind::Text, 0); PLACES as usize];
        Self { places, all: ConversationMarks::default() }
    }
}

impl Marks {
    /// Notes a piece that stands at this share of the whole.
    pub fn note(&mut self, share: f64, piece: &Piece) {
        let Some(kind) = kind(piece) else { return };
        match kind {
            PlaceKind::Text => {}
            PlaceKind::Call => self.all.calls += 1,
            PlaceKind::Prompt => self.all.prompts += 1,
            PlaceKind::Compaction => self.all.compactions += 1,
            PlaceKind::Error => self.all.errors += 1,
        }
        let at = (share.clamp(0.0, 1.0) * f64::from(PLACES)) as usize;
        let at = at.min(self.places.len() - 1);
        let (worst, count) = &mut self.places[at];
        *worst = kind.max(*worst);
        // A failed call was counted when it was made.
        *count += u64::from(!matches!(piece.said, Said::Result(_)));
    }

    /// All marks, of the share of the whole that was looked through.
    pub fn told(self, read: f64) -> ConversationMarks {
        let places = self.places.into_iter().enumerate();
        let happened = places.filter(|(_, (kind, count))| *count > 0 || *kind != PlaceKind::Text);
        let place = |(at, (kind, count)): (usize, (PlaceKind, u64))| MarkedPlace {
            at: at as f64 / f64::from(PLACES),
            kind,
            count: count.max(1),
        };
        ConversationMarks { places: happened.map(place).collect(), read: read.clamp(0.0, 1.0), ..self.all }
    }
}

/// What a piece is marked as; what programs put in and what went well is not.
fn kind(piece: &Piece) -> Option<PlaceKind> {
    match &piece.said {
        _ if is_error(piece) => Some(PlaceKind::Error),
        Said::Compaction { .. } => Some(PlaceKind::Compaction),
        Said::Prompt(_) => Some(PlaceKind::Prompt),
        Said::Call { .. } => Some(PlaceKind::Call),
        Said::Text(_) | Said::Thinking(_) | Said::Image(_) => Some(PlaceKind::Text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::read;
    use serde_json::{Value, json};

    fn line(kind: &str, content: Value) -> Vec<Piece> {
        let line = json!({"type": kind, "message": {"role": kind, "content": content}});
        read(line.to_string().as_bytes())
    }

    #[test]
    fn a_place_shows_the_worst_that_happened_there_and_how_much() {
        let call = |id: &str| {
            line("assistant", json!([{"type": "tool_use", "id": id, "name": "Bash", "input": {}}]))
        };
        let answer = |id: &str, is_error: bool| {
            line(
                "user",
                json!([{"type": "tool_result", "tool_use_id": id, "content": "x", "is_error": is_error}]),
            )
        };
        let mut marks = Marks::default();
        for (share, pieces) in [
            (0.0, line("user", json!("Go"))),
            (0.001, call("a")),
            (0.002, answer("a", false)),
            (0.5, call("b")),
            (0.501, call("c")),
            (0.504, answer("b", true)),
            (0.7, answer("c", true)),
            (0.8, answer("d", false)),
            (1.0, line("assistant", json!([{"type": "text", "text": "Done"}]))),
        ] {
            pieces.iter().for_each(|piece| marks.note(share, piece));
        }
        let told = marks.told(1.0);
        let places: Vec<_> = told.places.iter().map(|it| (it.at, it.kind, it.count)).collect();
        let wanted = [
            (0.0, PlaceKind::Prompt, 2),
            (0.5, PlaceKind::Error, 2),
            (0.7, PlaceKind::Error, 1),
            (0.995, PlaceKind::Text, 1),
        ];
        assert_eq!(places, wanted);
        assert_eq!((told.calls, told.errors, told.prompts, told.compactions), (3, 2, 1, 0));
    }
}
