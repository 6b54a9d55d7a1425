//! One task, live: its own socket, which first replays what happened before the page was opened.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};
use quarterdeck_shared::TaskId;
use quarterdeck_shared::live::Frame;
use yew::prelude::*;

use crate::client::{Connection, RunState, Socket};

/// The task as its socket told it, and how the connection stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Everything told so far.
    pub state: Rc<RunState>,
    /// Where the connection stands.
    pub connection: Connection,
}

#[derive(Default)]
struct Inbox {
    state: RunState,
    frame: Option<AnimationFrame>,
}

/// Follows a task from its first event on while the component is mounted; drawn at most once a frame.
#[hook]
pub fn use_run(id: Option<TaskId>) -> Run {
    let state = use_state(Rc::<RunState>::default);
    let connection = use_state_eq(Connection::default);
    {
        let (state, connection) = (state.clone(), connection.clone());
        use_effect_with(id, move |&id| {
            state.set(Rc::default());
            let ended = id.map(|id| {
                let inbox = Rc::new(RefCell::new(Inbox::default()));
                let on_frame = Callback::from(move |frame: Frame| receive(&inbox, id, frame, &state));
                let on_connection = Callback::from(move |now| connection.set(now));
                Socket { on_frame, on_connection, after: Some(0) }.keep(format!("/ws/tasks/{id}"))
            });
            move || {
                if let Some(ended) = ended {
                    ended.end();
                }
            }
        });
    }
    Run { state: Rc::clone(&state), connection: *connection }
}

fn receive(inbox: &Rc<RefCell<Inbox>>, id: TaskId, frame: Frame, state: &UseStateHandle<Rc<RunState>>) {
    let mut this = inbox.borrow_mut();
    this.state.apply(id, frame);
    if this.frame.is_none() {
        let (later, state) = (Rc::clone(inbox), state.clone());
        this.frame = Some(request_animation_frame(move |_| {
            let mut this = later.borrow_mut();
            let done = this.frame.take();
            state.set(Rc::new(this.state.clone()));
            drop(this);
            drop(done);
        }));
    }
}
