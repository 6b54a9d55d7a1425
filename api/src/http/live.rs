//! Sockets: who may open one, to which channel, and how many at a time.

mod client;
pub mod hub;
mod outlet;

use super::{access::Access, ask::Id, ask::Known, door, pool::Db, refusal::refuse};
use crate::{
    config::Config,
    error::ApiError,
    store::{Channel, Store},
};
use client::{Client, Limits, Wiring};
use futures::future::BoxFuture;
use hub::{Hub, Seat};
use quarterdeck_shared::{Code, TaskId};
use rocket::{
    Request, Route, Shutdown, State, get,
    request::{FromRequest, Outcome},
    response::{self, Responder},
    routes,
};
use rocket_db_pools::Connection;
use rocket_ws::{Config as SocketConfig, WebSocket};
use std::{sync::Arc, time::Duration};

/// Bytes that may wait in one socket's own buffer: room for the largest snapshot, and no more.
const BUFFER: usize = 64 << 20;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![fleet, task, costs]
}

/// Everything a socket needs; whoever has it may open one.
struct Opening {
    socket: WebSocket,
    seat: Seat,
    protocol: Option<String>,
    known: Known,
    shutdown: Shutdown,
    limits: Limits,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Opening {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let known = match Known::from_request(request).await {
            Outcome::Success(known) => known,
            Outcome::Error(error) => return Outcome::Error(error),
            Outcome::Forward(status) => return Outcome::Forward(status),
        };
        let socket = match WebSocket::from_request(request).await {
            Outcome::Success(socket) => socket,
            Outcome::Error(_) => return refuse(request, no_socket()),
            Outcome::Forward(_) => return refuse(request, no_socket()),
        };
        let (Some(config), Some(hub)) = (request.rocket().state::<Config>(), request.rocket().state::<Hub>())
        else {
            return refuse(request, ApiError::internal("the sockets' state is not in place"));
        };
        let Some(seat) = hub.seat(config.max_sockets) else {
            let message = format!(
                "{} sockets are open, which is the limit; close some, or raise max_sockets (`quarterdeck doctor` says \
                 how many the system lets be open)",
                hub.open()
            );
            return refuse(request, ApiError::new(Code::Unavailable, message).after(5));
        };
        Outcome::Success(Self {
            socket,
            seat,
            protocol: door::ticket(request).map(str::to_owned),
            known,
            shutdown: request.rocket().shutdown(),
            limits: limits(config),
        })
    }
}

fn no_socket() -> ApiError {
    ApiError::new(Code::BadRequest, "this address speaks WebSocket (version 13) alone")
}

/// A socket that is being opened.
struct Upgrade {
    channel: rocket_ws::Channel<'static>,
    protocol: Option<String>,
}

impl<'r> Responder<'r, 'static> for Upgrade {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.channel.respond_to(request)?;
        if let Some(protocol) = self.protocol {
            response.set_raw_header("Sec-WebSocket-Protocol", protocol);
        }
        Ok(response)
    }
}

#[get("/fleet")]
fn fleet(opening: Opening, db: Connection<Db>, hub: &State<Hub>, access: &State<Arc<Access>>) -> Upgrade {
    open(opening, Channel::Fleet, db.into_inner(), hub, access)
}

#[get("/tasks/<id>")]
async fn task(
    opening: Opening,
    id: Id<TaskId>,
    db: Connection<Db>,
    hub: &State<Hub>,
    access: &State<Arc<Access>>,
) -> Result<Upgrade, ApiError> {
    if db.task(id.0).await?.is_none() {
        return Err(ApiError::not_found(format_args!("task {}", id.0)));
    }
    Ok(open(opening, Channel::Task(id.0), db.into_inner(), hub, access))
}

#[get("/costs")]
fn costs(opening: Opening, db: Connection<Db>, hub: &State<Hub>, access: &State<Arc<Access>>) -> Upgrade {
    open(opening, Channel::Costs, db.into_inner(), hub, access)
}

fn open(opening: Opening, channel: Channel, store: Store, hub: &Hub, access: &Arc<Access>) -> Upgrade {
    let Opening { socket, seat, protocol, known, shutdown, limits } = opening;
    let caps = SocketConfig {
        max_message_size: Some(limits.message_bytes),
        max_frame_size: Some(limits.message_bytes),
        max_write_buffer_size: BUFFER,
        ..SocketConfig::default()
    };
    let wiring = Wiring { channel, store, hub: hub.clone(), access: access.clone(), caller: known.0 };
    let client = Client::new(wiring, limits);
    let serve = move |stream| -> BoxFuture<'static, rocket_ws::result::Result<()>> {
        Box::pin(async move {
            client.serve(stream, shutdown).await;
            drop(seat);
            Ok(())
        })
    };
    Upgrade { channel: socket.config(caps).channel(serve), protocol }
}

fn limits(config: &Config) -> Limits {
    Limits {
        message_bytes: config.socket_message_bytes,
        messages_per_second: 20,
        hello: Duration::from_millis(config.socket_hello_ms),
        patience: Duration::from_millis(config.socket_patience_ms),
        recheck: Duration::from_secs(4),
    }
}
