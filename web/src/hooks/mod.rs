//! What components remember and listen to.

mod address;
mod command;
mod draft;
pub mod keys;
mod layer;
mod links;
mod live;
mod now;
mod pages;
mod query;
mod run;
mod settled;
mod shortcut;
mod steady;
mod stored;
mod tail;
mod theme;
mod told;
mod width;

pub use address::{Address, Query, encode, use_address};
pub use command::{Ordered, use_command};
pub use draft::use_draft;
pub use layer::{close_topmost, modal_is_open, use_layer};
pub use links::use_plain_links;
pub use live::{Live, LiveProvider, use_live};
pub use now::{use_now_text, use_second};
pub use pages::{Listed, Rows, use_pages};
pub use query::{Asked, use_query};
pub use run::{Run, use_run};
pub use settled::use_settled;
pub use shortcut::{Bound, bound_here, use_keyboard, use_shortcut};
pub use steady::use_steady;
pub use stored::use_stored;
pub use tail::{Tail, use_tail};
pub use theme::{Theme, ThemeChoice, use_theme};
pub use width::{use_fonts_ready, use_width};
