//! Conversations over HTTP: windows of them, raw lines, pictures, and the whole as markdown.

use super::{
    answer::{Answer, Reply},
    ask::{Ask, Id, Known, Queried},
    pool::Db,
};
use crate::{
    conversations::{self, Shown, inline, markdown},
    error::ApiError,
    fleet::clock::Clock,
    store::Store,
};
use quarterdeck_shared::{
    AgentId,
    conversations::{Conversation, ConversationQuery, PlaceQuery, ThreadQuery},
    endpoints::{GetConversation, GetConversationMarks, GetMoment, GetRawLine},
};
use rocket::{
    Request, Response, Route, get,
    http::ContentType,
    response::{self, Responder, stream::TextStream},
    routes,
};
use rocket_db_pools::Connection;
use std::io::Cursor;

/// Items that are read at a time for an export.
const STEP: u32 = 200;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![window, raw, marks, moment, image, export]
}

#[get("/agents/<id>/conversation")]
async fn window(ask: Ask<GetConversation>, id: Id<AgentId>, db: Connection<Db>) -> Reply<GetConversation> {
    Answer::of(&found(id, conversations::window(&db, id.0, &ask.query).await?)?)
}

#[get("/agents/<id>/conversation/raw")]
async fn raw(ask: Ask<GetRawLine>, id: Id<AgentId>, db: Connection<Db>) -> Reply<GetRawLine> {
    Answer::of(&found(id, conversations::raw(&db, id.0, &ask.query).await?)?)
}

#[get("/agents/<id>/conversation/marks")]
async fn marks(
    ask: Ask<GetConversationMarks>,
    id: Id<AgentId>,
    db: Connection<Db>,
) -> Reply<GetConversationMarks> {
    Answer::of(&found(id, conversations::marks(&db, id.0, &ask.query).await?)?)
}

#[get("/agents/<id>/conversation/moment")]
async fn moment(ask: Ask<GetMoment>, id: Id<AgentId>, db: Connection<Db>) -> Reply<GetMoment> {
    let now = Clock::system().now();
    Answer::of(&found(id, conversations::moment(&db, id.0, &ask.query, now).await?)?)
}

#[get("/agents/<id>/conversation/image")]
async fn image(
    _known: Known,
    query: Queried<PlaceQuery>,
    id: Id<AgentId>,
    db: Connection<Db>,
) -> Result<Image, ApiError> {
    let shown = conversations::picture(&db, id.0, &query.0).await?;
    shown.map(Image).ok_or_else(|| ApiError::not_found("picture that may be shown at this place"))
}

#[get("/agents/<id>/conversation.md")]
async fn export(
    _known: Known,
    query: Queried<ThreadQuery>,
    id: Id<AgentId>,
    db: Connection<Db>,
) -> Result<Export, ApiError> {
    let store = db.clone();
    let agent = found(id, store.agent(id.0).await?)?.agent;
    let query = ConversationQuery {
        at: Some("0%".to_owned()),
        thread: query.0.thread,
        whole: Some(true),
        limit: Some(STEP),
        ..ConversationQuery::default()
    };
    // What goes wrong at the beginning is still answered as an error.
    let first = found(id, conversations::window(&store, id.0, &query).await?)?;
    Ok(Export { title: agent.name, id: id.0, store, query, first })
}

fn found<T>(id: Id<AgentId>, what: Option<T>) -> Result<T, ApiError> {
    what.ok_or_else(|| ApiError::not_found(format_args!("agent {}", id.0)))
}

/// A picture on its way out. Its type was checked against its bytes, and nothing may guess another.
struct Image(Shown);

impl<'r> Responder<'r, 'static> for Image {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let Shown { media_type, bytes } = self.0;
        Response::build()
            .raw_header("Content-Type", media_type)
            .raw_header("Cache-Control", "private, max-age=3600")
            .raw_header("Content-Security-Policy", super::headers::POLICY)
            .sized_body(bytes.len(), Cursor::new(bytes))
            .ok()
    }
}

/// A conversation on its way out, window after window.
struct Export {
    title: String,
    id: AgentId,
    store: Store,
    query: ConversationQuery,
    first: Conversation,
}

impl<'r> Responder<'r, 'r> for Export {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'r> {
        let Self { title, id, store, mut query, first } = self;
        let title: String =
            title.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let stream = TextStream! {
            yield format!("# {}\n\n", title.replace(['`', '<', '[', '!'], " "));
            let mut next = Some(first);
            while let Some(window) = next.take() {
                for line in &window.missing {
                    yield format!("> {}\n\n", inline(line));
                }
                for item in &window.items {
                    yield markdown(item);
                }
                let Some(later) = window.later else { break };
                (query.at, query.after) = (None, Some(later));
                match conversations::window(&store, id, &query).await {
                    Ok(Some(mut window)) => {
                        window.missing.clear();
                        next = Some(window);
                    }
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(agent.id = %id, error = %error, "an export of a conversation was cut off");
                        yield "\n> The rest could not be read.\n".to_owned();
                    }
                }
            }
        };
        let mut response = stream.respond_to(request)?;
        response.set_header(ContentType::new("text", "markdown").with_params(("charset", "utf-8")));
        let name = format!("attachment; filename=\"conversation-{id}.md\"");
        response.set_raw_header("Content-Disposition", name);
        Ok(response)
    }
}
