//! Host and origin: which names this server answers to, and whose pages may speak to it. Plain values in and out.

/// The names and origins this server accepts.
#[derive(Clone, Debug, Default)]
pub struct Names<'a> {
    /// Whether browsers reach it by https.
    pub https: bool,
    /// The port it listens on.
    pub port: u16,
    /// The address it listens on, as a `Host` names it; only where that is one address and not loopback.
    pub own: Option<String>,
    /// Further names, each with or without a port.
    pub allowed: &'a [String],
    /// Other origins whose pages may call with a key.
    pub cors: &'a [String],
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Our own page.
    Own,
    /// A page of another origin on the list: a key counts, a cookie does not.
    Listed,
    /// No page said that it is one.
    Unsaid,
    /// Anybody else.
    Foreign,
}

const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

impl Names<'_> {
    /// Whether the `Host` is one of ours, letter by letter: no other spelling of an address is.
    pub fn answers_to(&self, host: &str) -> bool {
        let own = LOOPBACK.iter().copied().chain(self.own.as_deref());
        own.into_iter().any(|name| self.is_own_place(host, name))
            || self.allowed.iter().any(|name| fits(host, name))
    }

    /// Where a request with this `Host` and these `Origin`s comes from.
    pub fn judge(&self, host: &str, origins: &[&str]) -> Origin {
        match origins {
            [] => Origin::Unsaid,
            [origin] if *origin == self.origin_of(host) => Origin::Own,
            [origin] if self.cors.iter().any(|listed| listed == origin) => Origin::Listed,
            _ => Origin::Foreign,
        }
    }

    /// The origin of our own page when it was reached under this `Host`.
    pub fn origin_of(&self, host: &str) -> String {
        let (scheme, port) = if self.https { ("https", ":443") } else { ("http", ":80") };
        format!("{scheme}://{}", host.strip_suffix(port).unwrap_or(host))
    }

    fn is_own_place(&self, host: &str, name: &str) -> bool {
        let default = if self.https { 443 } else { 80 };
        host.strip_prefix(name).is_some_and(|rest| match rest.strip_prefix(':') {
            Some(port) => port == self.port.to_string(),
            None => rest.is_empty() && self.port == default,
        })
    }
}

/// Whether a `Host` is this configured name: a name without a port fits every port.
fn fits(host: &str, name: &str) -> bool {
    let rest = host.strip_prefix(name);
    rest.is_some_and(|rest| {
        let port = rest.strip_prefix(':').filter(|_| !has_port(name));
        rest.is_empty() || port.is_some_and(is_port)
    })
}

fn has_port(name: &str) -> bool {
    name.rsplit_once(':').is_some_and(|(_, port)| is_port(port))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0') && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names<'static> {
        let list = |items: &[&str]| -> &'static [String] {
            items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>().leak()
        };
        Names {
            https: false,
            port: 8000,
            own: None,
            allowed: list(&["deck.example.org", "10.0.0.5:9000"]),
            cors: list(&["https://grafana.example.org"]),
        }
    }

    #[test]
    fn loopback_names_with_our_port_and_configured_ones_are_ours() {
        for host in
            ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "deck.example.org", "deck.example.org:8443"]
        {
            assert!(names().answers_to(host), "{host}");
        }
        assert!(Names { port: 80, ..names() }.answers_to("localhost"));
        assert!(Names { https: true, port: 443, ..names() }.answers_to("localhost"));
        assert!(Names { own: Some("10.0.0.7".into()), ..names() }.answers_to("10.0.0.7:8000"));
    }

    #[test]
    fn no_other_spelling_of_a_host_is_ours() {
        for host in [
            "",
            "127.1:8000",
            "127.0.0.1",
            "127.0.0.1:8001",
            "127.0.0.1:08000",
            "127.0.0.1.:8000",
            "localhost.:8000",
            "LOCALHOST:8000",
            "localhost:",
            "localhost:8000:8000",
            "[::ffff:7f00:1]:8000",
            "[::1%25lo]:8000",
            "::1:8000",
            "0.0.0.0:8000",
            "2130706433:8000",
            "0x7f.1:8000",
            "017700000001:8000",
            "evil.example:8000",
            "127.0.0.1:8000.evil.example",
            "localhost.evil.example:8000",
            "evil.example#localhost:8000",
            "user@localhost:8000",
            "localhost:8000 ",
            "10.0.0.5",
            "10.0.0.5:8000",
            "10.0.0.5:90000",
            "deck.example.org.",
            "xdeck.example.org",
            "deck.example.org:0",
            "deck.example.org:99999",
            "deck.example.orgx",
        ] {
            assert!(!names().answers_to(host), "{host}");
        }
    }

    #[test]
    fn an_origin_is_ours_only_letter_by_letter() {
        let judge = |origins: &[&str]| names().judge("localhost:8000", origins);
        assert_eq!(judge(&["http://localhost:8000"]), Origin::Own);
        assert_eq!(judge(&["https://grafana.example.org"]), Origin::Listed);
        assert_eq!(judge(&[]), Origin::Unsaid);
        for origin in [
            "null",
            "",
            "http://localhost",
            "https://localhost:8000",
            "http://localhost:3000",
            "http://127.0.0.1:8000",
            "http://localhost:8000/",
            "HTTP://localhost:8000",
            "http://localhost:8000.evil.example",
            "https://grafana.example.org:443",
            "https://evil.example",
        ] {
            assert_eq!(judge(&[origin]), Origin::Foreign, "{origin}");
        }
        assert_eq!(judge(&["http://localhost:8000", "http://localhost:8000"]), Origin::Foreign);
    }

    #[test]
    fn a_default_port_is_not_part_of_an_origin() {
        let names = Names { https: true, port: 443, ..names() };
        assert_eq!(names.judge("localhost", &["https://localhost"]), Origin::Own);
        assert_eq!(names.judge("localhost:443", &["https://localhost"]), Origin::Own);
    }
}
