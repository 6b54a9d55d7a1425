//! Buttons, and links that look like them.

use yew::prelude::*;

use super::{Icon, Kbd, icon};

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// One of several.
    #[default]
    Plain,
    /// The one action of its place.
    Main,
    /// Quiet, without a border.
    Bare,
}

/// How large a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// For rows and panels.
    Small,
    /// For bars and forms.
    #[default]
    Normal,
    /// For the one button of a form.
    Big,
}

/// What a button shows and does.
#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    /// The word on it; empty for an icon alone, which then needs a `label`.
    #[prop_or_default]
    pub children: Html,
    /// What pressing does.
    #[prop_or_default]
    pub onclick: Callback<MouseEvent>,
    /// How much it asks to be pressed.
    #[prop_or_default]
    pub kind: ButtonKind,
    /// How large it is.
    #[prop_or_default]
    pub size: ButtonSize,
    /// It ends or removes something.
    #[prop_or_default]
    pub bad: bool,
    /// The icon before the word.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// The accessible name where the word alone does not say it; also shown on hover for an icon alone.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// Why it cannot be pressed now; `None` when it can.
    #[prop_or_default]
    pub disabled: Option<AttrValue>,
    /// Its shortcut, shown as key caps. The shortcut itself is bound by `use_shortcut`.
    #[prop_or_default]
    pub keys: Option<AttrValue>,
    /// It sends the form it stands in.
    #[prop_or_default]
    pub submit: bool,
    /// For a switch: whether it is on.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
    /// The button node.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A button. A disabled one can be reached and says why it does nothing.
#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let alone = props.children == Html::default();
    let blocked = props.disabled.is_some();
    let title = props.disabled.clone().or_else(|| props.label.clone().filter(|_| alone));
    let onclick = props.onclick.clone();
    let onclick = Callback::from(
        move |event: MouseEvent| if blocked { event.prevent_default() } else { onclick.emit(event) },
    );
    html! {
        <button
            ref={&props.node}
            type={if props.submit { "submit" } else { "button" }}
            class={classes!(look(props.kind, props.size, props.bad, alone), props.class.clone())}
            {onclick}
            {title}
            aria-label={props.label.clone()}
            aria-disabled={blocked.then_some("true")}
            aria-pressed={props.pressed.map(|on| on.to_string())}
            data-testid={props.test_id.clone()}
        >
            { props.icon.map(icon) }
            if !alone { <span>{ props.children.clone() }</span> }
            if let Some(keys) = &props.keys { <Kbd {keys} /> }
        </button>
    }
}

/// What a link in a button's clothes shows and where it leads.
#[derive(Properties, PartialEq)]
pub struct ButtonLinkProps {
    /// Where it leads; paths of the product turn the page without loading it anew.
    pub href: AttrValue,
    /// The word on it.
    #[prop_or_default]
    pub children: Html,
    /// How much it asks to be pressed.
    #[prop_or_default]
    pub kind: ButtonKind,
    /// How large it is.
    #[prop_or_default]
    pub size: ButtonSize,
    /// The icon before the word.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// The accessible name where the word alone does not say it.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
    /// Save as a file of this name instead of opening.
    #[prop_or_default]
    pub download: Option<AttrValue>,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A link that looks like a button: it leads somewhere, so it can be opened in a new tab.
#[component]
pub fn ButtonLink(props: &ButtonLinkProps) -> Html {
    let alone = props.children == Html::default();
    html! {
        <a
            href={&props.href}
            class={classes!(look(props.kind, props.size, false, alone), props.class.clone())}
            aria-label={props.label.clone()}
            title={props.label.clone().filter(|_| alone)}
            download={props.download.clone()}
            data-testid={props.test_id.clone()}
        >
            { props.icon.map(icon) }
            if !alone { <span>{ props.children.clone() }</span> }
        </a>
    }
}

fn look(kind: ButtonKind, size: ButtonSize, bad: bool, alone: bool) -> Classes {
    let kind = match kind {
        ButtonKind::Plain => None,
        ButtonKind::Main => Some("main"),
        ButtonKind::Bare => Some("bare"),
    };
    let size = match size {
        ButtonSize::Small => Some("small"),
        ButtonSize::Normal => None,
        ButtonSize::Big => Some("big"),
    };
    classes!("button", kind, size, bad.then_some("bad"), alone.then_some("icon"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_disabled_button_says_why_and_can_still_be_reached() {
        let html = drawn(html! { <Button disabled="The task has ended">{ "Cancel" }</Button> });
        holds(&html, &["aria-disabled=\"true\"", "title=\"The task has ended\"", "<span>Cancel</span>"]);
        assert!(!html.contains(" disabled"), "{html}");
    }

    #[test]
    fn an_icon_alone_carries_its_name() {
        let html = drawn(html! { <Button icon={Icon::Close} label="Close" kind={ButtonKind::Bare} /> });
        holds(&html, &["class=\"button bare icon\"", "aria-label=\"Close\"", "title=\"Close\"", "#i-close"]);
    }

    #[test]
    fn a_main_button_shows_its_key() {
        let html = drawn(
            html! { <Button kind={ButtonKind::Main} keys="a" test_id="allow">{ "Allow once" }</Button> },
        );
        holds(&html, &["class=\"button main\"", "<kbd>A</kbd>", "data-testid=\"allow\"", "type=\"button\""]);
    }
}
