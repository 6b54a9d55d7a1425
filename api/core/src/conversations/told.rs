//! The conversation of an agent of our own, out of the events that tell of it: without a session file they are all
//! there is.

use super::{Outcome, Piece, Said};
use quarterdeck_shared::{
    Event, Payload,
    event::{Activity, ActivityKind},
};

/// What an event says of its agent's conversation; most say nothing. The key of its block stands as `uuid`.
pub fn of_event(event: &Event) -> Option<Piece> {
    let (key, said) = match &event.payload {
        Payload::AgentPrompted { prompt } => (String::new(), Said::Prompt(prompt.clone())),
        Payload::AgentActivity(activity) => (activity.key.clone(), said(activity)),
        _ => return None,
    };
    let message_id = key.rsplit_once(':').map(|(message, _)| message.to_owned());
    Some(Piece {
        uuid: Some(key).filter(|key| !key.is_empty()),
        message_id: message_id.filter(|id| !id.is_empty()),
        ..Piece::alone(said, Some(event.at))
    })
}

/// Goes on with a piece where the next one is of the same block: words are told as they come. Gives the next one back
/// where it stands for itself.
pub fn continues(piece: &mut Piece, next: Piece) -> Option<Piece> {
    if piece.uuid.is_none() || piece.uuid != next.uuid {
        return Some(next);
    }
    match (&mut piece.said, &next.said) {
        (Said::Text(words), Said::Text(more)) | (Said::Thinking(words), Said::Thinking(more)) => {
            words.push_str(more);
            None
        }
        _ => Some(next),
    }
}

fn said(activity: &Activity) -> Said {
    let words = activity.text.clone();
    match activity.kind {
        ActivityKind::Text => Said::Text(words),
        ActivityKind::Thinking => Said::Thinking(words),
        ActivityKind::ToolCall => Said::Call {
            id: activity.key.clone(),
            tool: activity.tool.clone().unwrap_or_default(),
            input: activity.input.clone().unwrap_or_default(),
        },
        ActivityKind::ToolResult => Said::Result(Box::new(Outcome {
            tool_use_id: activity.key.clone(),
            text: words,
            is_error: activity.is_error.unwrap_or_default(),
            ..Outcome::default()
        })),
        ActivityKind::Notice => Said::Notice { what: "runtime".to_owned(), text: words },
    }
}
