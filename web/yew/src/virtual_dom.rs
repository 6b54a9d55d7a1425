//! Nodes, built out of line.

use std::marker::PhantomData;

use crate::functional::FunctionProvider;
use crate::html::{BaseComponent, IntoPropValue, NodeRef};
use crate::part::Parts;

pub use yew_upstream::virtual_dom::*;

/// A component in markup.
#[derive(Debug)]
pub struct VChild<C> {
    parts: Parts,
    key: Option<Key>,
    component: PhantomData<C>,
}

impl<C: BaseComponent + FunctionProvider> VChild<C> {
    /// The component with these properties, told from its siblings by the key.
    pub fn new(props: <C as FunctionProvider>::Properties, key: Option<Key>) -> Self {
        Self { parts: Parts::of::<C>(props), key, component: PhantomData }
    }
}

impl<C> From<VChild<C>> for VNode {
    fn from(child: VChild<C>) -> Self {
        child.parts.node(child.key)
    }
}

impl<C> IntoPropValue<VNode> for VChild<C> {
    fn into_prop_value(self) -> VNode {
        self.into()
    }
}

/// How the macro makes elements.
#[derive(Debug)]
pub struct VTag;

impl VTag {
    /// Any element that is no field of a form.
    #[inline(never)]
    pub fn __new_other(
        tag: AttrValue,
        node: NodeRef,
        key: Option<Key>,
        attributes: Attributes,
        listeners: Listeners,
        children: VNode,
    ) -> VNode {
        let node = node.unwrap_or_default();
        yew_upstream::virtual_dom::VTag::__new_other(tag, node, key, attributes, listeners, children).into()
    }

    /// A field of one line.
    #[inline(never)]
    pub fn __new_input(
        value: Option<AttrValue>,
        checked: Option<bool>,
        node: NodeRef,
        key: Option<Key>,
        attributes: Attributes,
        listeners: Listeners,
    ) -> VNode {
        let node = node.unwrap_or_default();
        yew_upstream::virtual_dom::VTag::__new_input(value, checked, node, key, attributes, listeners).into()
    }

    /// A field of several lines.
    #[inline(never)]
    pub fn __new_textarea(
        value: Option<AttrValue>,
        default: Option<AttrValue>,
        node: NodeRef,
        key: Option<Key>,
        attributes: Attributes,
        listeners: Listeners,
    ) -> VNode {
        let node = node.unwrap_or_default();
        yew_upstream::virtual_dom::VTag::__new_textarea(value, default, node, key, attributes, listeners)
            .into()
    }
}

/// How the macro makes words.
#[derive(Debug)]
pub struct VText;

impl VText {
    /// A text node.
    #[inline(never)]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(text: impl Into<AttrValue>) -> yew_upstream::virtual_dom::VText {
        yew_upstream::virtual_dom::VText::new(text)
    }
}
