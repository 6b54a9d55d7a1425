//! The live fleet for every page: one socket, one state, drawn at most once a frame.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};
use quarterdeck_shared::live::Frame;
use yew::prelude::*;

use crate::client::{Connection, FleetState, Kept, Socket};

/// The fleet as of now, and how it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// Everything the socket told.
    pub fleet: Rc<FleetState>,
    /// Where the connection stands.
    pub connection: Connection,
    /// Tries a lost connection now.
    pub retry: Callback<()>,
}

/// What the provider needs.
#[derive(Properties, PartialEq)]
pub struct LiveProviderProps {
    /// Whether there is a session to listen with.
    pub on: bool,
    /// The pages.
    pub children: Html,
}

#[derive(Default)]
struct Inbox {
    state: FleetState,
    frame: Option<AnimationFrame>,
}

/// Owns the socket and gives its state to everything inside.
#[component]
pub fn LiveProvider(props: &LiveProviderProps) -> Html {
    let fleet = use_state(Rc::<FleetState>::default);
    let connection = use_state_eq(Connection::default);
    let inbox = use_mut_ref(Inbox::default);
    let kept = use_mut_ref(|| None::<Rc<Kept>>);
    {
        let (fleet, connection, kept) = (fleet.clone(), connection.clone(), Rc::clone(&kept));
        use_effect_with(props.on, move |&on| {
            let socket = on.then(|| {
                let on_frame = Callback::from(move |frame: Frame| receive(&inbox, frame, &fleet));
                let on_connection = Callback::from(move |now| connection.set(now));
                Socket { on_frame, on_connection, after: None }.keep("/ws/fleet".to_owned())
            });
            *kept.borrow_mut() = socket.clone();
            move || {
                if let Some(socket) = socket {
                    socket.end();
                }
            }
        });
    }
    let retry = use_callback((), move |(), ()| {
        if let Some(socket) = kept.borrow().as_ref() {
            socket.hurry();
        }
    });
    let live = Live { fleet: Rc::clone(&fleet), connection: *connection, retry };
    provide(live, props.children.clone())
}

/// Applies a frame now and draws with the next animation frame, however many frames came until then.
fn receive(inbox: &Rc<RefCell<Inbox>>, frame: Frame, fleet: &UseStateHandle<Rc<FleetState>>) {
    let mut this = inbox.borrow_mut();
    this.state.apply(frame);
    if this.frame.is_none() {
        let (later, fleet) = (Rc::clone(inbox), fleet.clone());
        this.frame = Some(request_animation_frame(move |_| {
            let mut this = later.borrow_mut();
            let done = this.frame.take();
            fleet.set(Rc::new(this.state.clone()));
            drop(this);
            drop(done);
        }));
    }
}

/// The live fleet; an empty one where there is no provider, as in rendered tests.
#[hook]
pub fn use_live() -> Live {
    use_context::<Live>().unwrap_or_default()
}
