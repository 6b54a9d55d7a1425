//! The one component that Yew mounts, in the stead of all of ours.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use yew_upstream::context::{ContextProvider, ContextProviderProps};
use yew_upstream::functional::{FunctionComponent, FunctionProvider, HookContext};
use yew_upstream::html::{BaseComponent, Context, HtmlResult, Properties};
use yew_upstream::virtual_dom::{Key, VChild, VNode};

/// A component with what it is given.
trait Given: Any {
    fn run(&self, hooks: &mut HookContext) -> HtmlResult;
    fn same(&self, other: &dyn Any) -> bool;
}

struct Of<C: FunctionProvider>(C::Properties);

impl<C: FunctionProvider + 'static> Given for Of<C> {
    fn run(&self, hooks: &mut HookContext) -> HtmlResult {
        C::run(hooks, &self.0)
    }

    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<Self>().is_some_and(|other| self.0 == other.0)
    }
}

/// Which component, and what it is given.
#[derive(Clone)]
pub struct Parts(Rc<dyn Given>);

impl Parts {
    /// The component `C` with these properties.
    pub fn of<C: FunctionProvider + 'static>(props: C::Properties) -> Self {
        Self(Rc::new(Of::<C>(props)))
    }

    fn as_any(&self) -> &dyn Any {
        &*self.0
    }

    /// As a node of a page.
    #[inline(never)]
    pub(crate) fn node(self, key: Option<Key>) -> VNode {
        VChild::<Part>::new(self, key).into()
    }
}

impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.same(other.as_any())
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts(_)")
    }
}

impl Properties for Parts {
    type Builder = Never;

    fn builder() -> Never {
        Never
    }
}

/// Parts are never built by markup.
#[derive(Debug)]
pub struct Never;

/// Keeps the hooks of whichever component stands here.
#[derive(Debug)]
pub struct Part(FunctionComponent<Self>);

impl FunctionProvider for Part {
    type Properties = Parts;

    fn run(hooks: &mut HookContext, parts: &Parts) -> HtmlResult {
        parts.0.run(hooks)
    }
}

impl BaseComponent for Part {
    type Message = ();
    type Properties = Parts;

    fn create(ctx: &Context<Self>) -> Self {
        Self(FunctionComponent::new(ctx))
    }

    fn update(&mut self, _: &Context<Self>, (): ()) -> bool {
        true
    }

    /// Another component has come to stand here: what the former kept is not for it.
    fn changed(&mut self, ctx: &Context<Self>, old: &Parts) -> bool {
        if ctx.props().as_any().type_id() != old.as_any().type_id() {
            self.0.destroy();
            self.0 = FunctionComponent::new(ctx);
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> HtmlResult {
        self.0.render(ctx.props())
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.0.rendered();
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.0.destroy();
    }

    fn prepare_state(&self) -> Option<String> {
        self.0.prepare_state()
    }
}

/// A component that is not ours, such as one of the router's.
pub fn plain<C: BaseComponent>(props: C::Properties) -> VNode {
    VChild::<C>::new(props, None).into()
}

/// Gives a value to all components below.
pub fn provide<T: Clone + PartialEq + 'static>(context: T, children: VNode) -> VNode {
    plain::<ContextProvider<T>>(ContextProviderProps { context, children })
}
