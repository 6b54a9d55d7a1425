//! Tabs: several views of one thing in one place.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::dom;

/// One tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// Its key, as it stands in the address.
    pub key: AttrValue,
    /// Its word.
    pub words: AttrValue,
    /// How many things it holds, where that helps.
    pub count: Option<AttrValue>,
}

impl Tab {
    /// A tab without a count.
    pub fn new(key: impl Into<AttrValue>, words: impl Into<AttrValue>) -> Self {
        Self { key: key.into(), words: words.into(), count: None }
    }

    /// The same with a count.
    #[must_use]
    pub fn counting(mut self, count: impl Into<AttrValue>) -> Self {
        self.count = Some(count.into());
        self
    }
}

/// The tabs and what lies under them.
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// What they are views of; also makes the ids, so it is unique on the page.
    pub label: AttrValue,
    /// The tabs, in order.
    pub tabs: Vec<Tab>,
    /// The key of the open one.
    pub open: AttrValue,
    /// Called with the key of the tab pressed.
    pub onchange: Callback<AttrValue>,
    /// What the open tab shows.
    #[prop_or_default]
    pub children: Html,
}

/// A row of tabs (arrow keys move between them) over one panel.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let base: String = props.label.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let id = |key: &str| format!("tab-{base}-{key}");
    let onkeydown = {
        let (keys, open) =
            (props.tabs.iter().map(|tab| tab.key.clone()).collect::<Vec<_>>(), props.open.clone());
        let (changed, base) = (props.onchange.clone(), base.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(next) = neighbour(&keys, &open, &event.key()) else { return };
            event.prevent_default();
            if let Some(tab) =
                dom::document().and_then(|d| d.get_element_by_id(&format!("tab-{base}-{next}")))
            {
                focus(tab);
            }
            changed.emit(next);
        })
    };
    let tabs = props.tabs.iter().map(|tab| {
        let (changed, key, open) = (props.onchange.clone(), tab.key.clone(), tab.key == props.open);
        html! {
            <button type="button" role="tab" key={tab.key.to_string()} id={id(&tab.key)} aria-selected={open.to_string()}
                aria-controls={format!("panel-{base}")} tabindex={if open { "0" } else { "-1" }}
                onclick={Callback::from(move |_| changed.emit(key.clone()))}>
                { &tab.words }
                if let Some(count) = &tab.count { <span class="num quiet">{ count }</span> }
            </button>
        }
    });
    html! {
        <>
            <div class="tabset" role="tablist" aria-label={&props.label} {onkeydown}>{ for tabs }</div>
            <div role="tabpanel" id={format!("panel-{base}")} aria-labelledby={id(&props.open)} tabindex="0" class="tab-panel">
                { props.children.clone() }
            </div>
        </>
    }
}

fn neighbour(keys: &[AttrValue], open: &AttrValue, pressed: &str) -> Option<AttrValue> {
    let (at, count) = (keys.iter().position(|key| key == open)?, keys.len());
    let next = match pressed {
        "ArrowRight" => (at + 1) % count,
        "ArrowLeft" => (at + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    };
    keys.get(next).cloned()
}

fn focus(tab: web_sys::Element) {
    use wasm_bindgen::JsCast;
    if let Ok(tab) = tab.dyn_into::<HtmlElement>() {
        // A tab is a button: it can always take the keyboard.
        let _ = tab.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn the_open_tab_names_its_panel_and_alone_is_in_the_tab_order() {
        let tabs = vec![Tab::new("metrics", "Metrics"), Tab::new("files", "Files").counting("23")];
        let html = drawn(
            html! { <Tabs label="Builder" {tabs} open="files" onchange={Callback::noop()}>{ "body" }</Tabs> },
        );
        holds(&html, &["aria-selected=\"true\"", "aria-labelledby=\"tab-Builder-files\"", ">23<", "body"]);
        assert_eq!(html.matches("tabindex=\"-1\"").count(), 1);
    }

    #[test]
    fn arrows_go_round() {
        let keys = [AttrValue::from("a"), AttrValue::from("b"), AttrValue::from("c")];
        for (open, pressed, expected) in
            [("a", "ArrowLeft", "c"), ("c", "ArrowRight", "a"), ("b", "Home", "a"), ("b", "End", "c")]
        {
            assert_eq!(
                neighbour(&keys, &open.into(), pressed).as_deref(),
                Some(expected),
                "{open} {pressed}"
            );
        }
        assert_eq!(neighbour(&keys, &"a".into(), "x"), None);
    }
}
