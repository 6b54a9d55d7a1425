//! Settings as they are in force: each with its value, where that came from and how to change it.

use quarterdeck_shared::settings::Setting;
use yew::prelude::*;

use crate::format::DASH;

/// What the list shows.
#[derive(Properties, PartialEq)]
pub struct SettingListProps {
    /// The settings, in order.
    pub settings: Vec<Setting>,
    /// Its name for screen readers.
    pub label: AttrValue,
}

/// The settings.
#[component]
pub fn SettingList(props: &SettingListProps) -> Html {
    html! {
        <div class="table-wrap" tabindex="0" role="region" aria-label={format!("{}, in a table", props.label)}>
            <table class="setting-table">
                <thead><tr><th scope="col">{ "Setting" }</th><th scope="col">{ "Value" }</th><th scope="col">{ "From" }</th></tr></thead>
                <tbody>{ for props.settings.iter().map(row) }</tbody>
            </table>
        </div>
    }
}

fn row(setting: &Setting) -> Html {
    let value = match setting.value.as_str() {
        "" => html! { <span class="quiet">{ DASH }</span> },
        value => html! { <code class="wrap-text">{ value }</code> },
    };
    let own = setting.origin != "default";
    html! {
        <tr key={setting.name.clone()}>
            <th scope="row">
                <code class="strong">{ &setting.name }</code>
                <span class="small quiet setting-help">{ &setting.help }</span>
                <span class="micro quiet setting-help"><code>{ &setting.variable }</code></span>
            </th>
            <td class="setting-value">{ value }</td>
            <td><span class={if own { "tag" } else { "quiet small" }}>{ &setting.origin }</span></td>
        </tr>
    }
}

/// Whether a setting bounds something: how much, how many, how long, how often.
pub fn is_limit(name: &str) -> bool {
    name.starts_with("max_") || ["_seconds", "_rate", "_bytes", "_ms"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    fn setting(name: &str, value: &str, origin: &str) -> Setting {
        let variable = format!("QUARTERDECK_{}", name.to_uppercase());
        let help = "What it does".to_owned();
        Setting { name: name.into(), variable, value: value.into(), origin: origin.into(), help }
    }

    #[test]
    fn a_setting_tells_its_value_its_origin_and_its_variable() {
        let settings = vec![setting("max_agents", "4", "environment"), setting("tls_cert", "", "default")];
        let html = drawn(html! { <SettingList {settings} label="All settings" /> });
        holds(
            &html,
            &[
                "max_agents",
                ">4<",
                "class=\"tag\">environment<",
                "QUARTERDECK_MAX_AGENTS",
                "–",
                "All settings, in a table",
            ],
        );
    }

    #[test]
    fn limits_are_told_from_other_settings() {
        for (name, expected) in
            [("max_agents", true), ("read_rate", true), ("agent_window_ms", true), ("port", false)]
        {
            assert_eq!(is_limit(name), expected, "{name}");
        }
    }
}
