//! Components and their properties.

use std::marker::PhantomData;

use crate::virtual_dom::VNode;

pub use yew_upstream::html::*;

/// What `#[component]` writes for each component. Its methods are never called: `Part` lives in the component's stead.
pub trait BaseComponent: Sized + 'static {
    /// Nothing is ever sent.
    type Message: 'static;
    /// What the component is given.
    type Properties: Properties;
    /// As in Yew.
    fn create(ctx: &Context<Self>) -> Self;
    /// As in Yew.
    fn update(&mut self, ctx: &Context<Self>, message: Self::Message) -> bool;
    /// As in Yew.
    fn changed(&mut self, ctx: &Context<Self>, old: &Self::Properties) -> bool;
    /// As in Yew.
    ///
    /// # Errors
    /// Where the component waits for something.
    fn view(&self, ctx: &Context<Self>) -> HtmlResult;
    /// As in Yew.
    fn rendered(&mut self, ctx: &Context<Self>, first: bool);
    /// As in Yew.
    fn destroy(&mut self, ctx: &Context<Self>);
    /// As in Yew.
    fn prepare_state(&self) -> Option<String>;
}

/// What the methods of a component would be given.
#[derive(Debug)]
pub struct Context<C: BaseComponent> {
    props: C::Properties,
}

impl<C: BaseComponent> Context<C> {
    /// What the component is given.
    pub fn props(&self) -> &C::Properties {
        &self.props
    }
}

/// An element has a reference only where it is asked for one.
pub type NodeRef = Option<yew_upstream::NodeRef>;

/// Children, gathered by the macro.
#[derive(Debug)]
pub struct ChildrenRenderer<T>(PhantomData<T>);

impl ChildrenRenderer<VNode> {
    /// One node of several.
    #[inline(never)]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(children: Vec<VNode>) -> VNode {
        yew_upstream::html::ChildrenRenderer::new(children).into()
    }
}
