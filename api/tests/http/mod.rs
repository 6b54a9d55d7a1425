//! HTTP: what the server promises whoever speaks to it, page, program or stranger.

mod agents;
mod cases;
mod conversations;
mod costs;
mod desk;
mod errors;
mod hooks;
mod login;
mod logs;
mod metrics;
mod moments;
mod once;
mod poor;
mod process;
mod reads;
mod replay;
mod search;
mod secrets;
mod sockets;
mod surface;
mod telemetry;
mod tls;
mod wire;
