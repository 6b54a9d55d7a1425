//! Wishes: what is wanted of a conversation, and what is shown of it once the answer came.

use quarterdeck_shared::conversations::{Conversation, ConversationQuery};
use quarterdeck_shared::{AgentId, Code};
use yew::AttrValue;

use super::{reel::Reel, some};
use crate::client::{Loaded, Problem};

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The end.
    End,
    /// The end, because what was held is gone: the file was written anew.
    Anew,
    /// A place: a cursor, a moment, a share of the whole.
    At(String),
    /// What stands before.
    Earlier,
    /// What stands behind.
    Later,
    /// What came since.
    News,
    /// One item shown whole.
    Whole(String),
}

impl Wish {
    /// Whether it asks for the end, whatever stands there.
    fn is_end(&self) -> bool {
        matches!(self, Self::End | Self::Anew)
    }

    /// Whether the reading begins anew with it.
    pub fn begins(&self) -> bool {
        self.is_end() || matches!(self, Self::At(_))
    }

    /// The question behind it; none where there is nothing to ask.
    pub fn question(&self, held: Option<&Reel>, whose: &Whose) -> Option<ConversationQuery> {
        let base = ConversationQuery {
            thread: some(&whose.thread),
            limit: Some(whose.step),
            ..ConversationQuery::default()
        };
        Some(match self {
            Self::End | Self::Anew => base,
            Self::At(at) => ConversationQuery { at: Some(at.clone()), ..base },
            Self::Earlier => ConversationQuery { before: Some(held?.earlier.clone()?), ..base },
            Self::Later => ConversationQuery { after: Some(held?.later.clone()?), ..base },
            Self::News => match held?.loose_end() {
                Some(at) if held?.later.is_none() => {
                    ConversationQuery { at: Some(at.to_owned()), limit: Some(200), ..base }
                }
                Some(_) => return None,
                None => base,
            },
            Self::Whole(cursor) => {
                ConversationQuery { at: Some(cursor.clone()), whole: Some(true), limit: Some(1), ..base }
            }
        })
    }
}

/// What is shown of a conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// The stretch that is held.
    pub answer: Loaded<Reel>,
    /// Rises when it begins anew.
    pub turned: u32,
    /// Whether it began at the end because the end was wished for.
    pub at_end: bool,
    /// Whether it began there because what was held is gone.
    pub is_lost: bool,
    /// What was wished for last and could not be had.
    pub failed: Option<Wish>,
}

impl Shown {
    /// The same with the answer to a wish; none where the answer shows that what is held is gone.
    pub fn with(&self, wish: &Wish, turned: u32, reply: Result<Conversation, Problem>) -> Option<Self> {
        let window = match reply {
            Ok(window) => window,
            Err(problem) if problem.code == Some(Code::BadCursor) && !wish.is_end() => return None,
            Err(problem) => {
                let answer = self.answer.answered(Err(problem));
                return Some(Self { answer, failed: Some(wish.clone()), ..self.clone() });
            }
        };
        let reel = joined(wish, self.answer.data.as_deref(), window)?;
        let next = Self { answer: self.answer.answered(Ok(reel)), failed: None, ..self.clone() };
        Some(match wish.begins() {
            true => Self { turned, at_end: wish.is_end(), is_lost: *wish == Wish::Anew, ..next },
            false => next,
        })
    }

    /// What is to be said beside the conversation.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let missing = self.answer.data.iter().flat_map(|reel| reel.missing.iter().map(String::as_str));
        self.is_lost.then_some(LOST).into_iter().chain(missing)
    }
}

/// What is said where what was held is gone.
const LOST: &str =
    "The place that was read is gone: the session's file was written anew. This is its end now.";

/// Which thread is read, and how many items at a time.
#[derive(Clone)]
pub struct Whose {
    /// Whose conversation.
    pub id: AgentId,
    /// Which thread of its session.
    pub thread: AttrValue,
    /// Items of a window.
    pub step: u32,
}

/// What is held, with a window; none where the two do not join.
fn joined(wish: &Wish, held: Option<&Reel>, window: Conversation) -> Option<Reel> {
    match (wish, held) {
        (Wish::Earlier, Some(reel)) => Some(reel.prepended(window)),
        (Wish::Later, Some(reel)) => Some(reel.appended(window)),
        (Wish::News, Some(reel)) if !reel.items.is_empty() => reel.refreshed(window),
        (Wish::Whole(cursor), Some(reel)) => {
            let item = window.items.into_iter().find(|item| item.cursor == *cursor);
            Some(item.map_or_else(|| reel.clone(), |item| reel.swapped(item)))
        }
        _ => Some(Reel::begin(window)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::conversations::Item;

    fn window(cursor: &str) -> Result<Conversation, Problem> {
        let item = Item { cursor: cursor.to_owned(), ..Item::default() };
        Ok(Conversation { items: vec![item], ..Conversation::default() })
    }

    fn refusal(code: Code) -> Result<Conversation, Problem> {
        Err(Problem { code: Some(code), message: "no".into(), request_id: None, field: None })
    }

    fn shown(wish: &Wish) -> Shown {
        Shown::default().with(wish, 1, window("0.1.0")).unwrap()
    }

    #[test]
    fn only_whoever_wishes_for_the_end_is_shown_it() {
        assert!(shown(&Wish::End).at_end);
        // Its window ends where the conversation does, and still it is that moment that was asked for.
        let moment = shown(&Wish::At("2026-11-20T08:00:00Z".into()));
        assert!(!moment.at_end && moment.answer.data.as_ref().unwrap().later.is_none());
        assert!(!moment.with(&Wish::News, 1, window("0.1.0")).unwrap().at_end);
    }

    #[test]
    fn a_file_that_was_written_anew_is_read_at_its_end_and_said() {
        let places = [Wish::At("0.1.0".into()), Wish::Earlier, Wish::Later, Wish::Whole("0.1.0".into())];
        for wish in places.iter().chain([&Wish::News]) {
            assert_eq!(shown(&Wish::End).with(wish, 2, refusal(Code::BadCursor)), None, "{wish:?}");
        }
        assert_eq!(shown(&Wish::End).with(&Wish::News, 1, window("0.7.0")), None, "a window of elsewhere");
        let anew = shown(&Wish::End).with(&Wish::Anew, 2, window("0.7.0")).unwrap();
        assert!(anew.at_end && anew.words().any(|words| words.contains("written anew")));
        assert_eq!(anew.with(&Wish::End, 3, window("0.7.0")).unwrap().words().count(), 0);
    }

    #[test]
    fn whatever_fails_is_said_until_it_can_be_had() {
        let failed = shown(&Wish::At("50%".into())).with(&Wish::News, 1, refusal(Code::Unavailable)).unwrap();
        assert!(failed.answer.problem.is_some() && failed.answer.data.is_some());
        assert_eq!((failed.failed.clone(), failed.turned), (Some(Wish::News), 1));
        let well = failed.with(&Wish::News, 1, window("0.1.0")).unwrap();
        assert_eq!((well.answer.problem, well.failed), (None, None));
    }
}
