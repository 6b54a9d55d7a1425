//! Checks: whether a setting's value will do, and if not, what would.

use std::net::IpAddr;

/// Says what would do where a value will not.
pub type Check = fn(&str) -> Result<(), String>;

/// Whatever is said.
pub fn any(_: &str) -> Result<(), String> {
    Ok(())
}

/// Anything but nothing.
pub fn some(value: &str) -> Result<(), String> {
    when(!value.is_empty(), "must not be empty")
}

/// An address to listen on.
pub fn host(value: &str) -> Result<(), String> {
    when(value == "localhost" || value.parse::<IpAddr>().is_ok(), "must be an IP address or `localhost`")
}

/// A port.
pub fn port(value: &str) -> Result<(), String> {
    when(value.parse::<u16>().is_ok(), "must be a number from 0 to 65535")
}

/// A whole number above zero.
pub fn count(value: &str) -> Result<(), String> {
    let number = value.parse::<u32>();
    when(number.is_ok_and(|number| number > 0), "must be a whole number above 0")
}

/// A number of requests; zero means no limit.
pub fn rate(value: &str) -> Result<(), String> {
    when(value.parse::<u32>().is_ok(), "must be a whole number; 0 means no limit")
}

/// Milliseconds, at most a minute.
pub fn window(value: &str) -> Result<(), String> {
    let number = value.parse::<u32>();
    when(number.is_ok_and(|number| number <= 60_000), "must be milliseconds, at most 60000")
}

/// A speed.
pub fn speed(value: &str) -> Result<(), String> {
    let number = value.parse::<f64>();
    when(
        number.is_ok_and(|number| number > 0.0 && number <= 10_000.0),
        "must be a number above 0, at most 10000",
    )
}

/// True or false.
pub fn truth(value: &str) -> Result<(), String> {
    when(truth_of(value).is_some(), "must be true or false")
}

/// What a word of truth says.
pub fn truth_of(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" | "" => Some(false),
        _ => None,
    }
}

/// A database this program can use.
pub fn database_url(value: &str) -> Result<(), String> {
    let known = ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| value.starts_with(scheme));
    when(value.is_empty() || known, "must begin with `postgres://` or `sqlite://`")
}

/// Whether a database's URL holds a password.
pub fn holds_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| scheme.starts_with("postgres")) else {
        return false;
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let user = place.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || query.split('&').any(|parameter| parameter.starts_with("password="))
}

/// A key that is not guessed at once and fits into a header.
pub fn api_key(value: &str) -> Result<(), String> {
    let fits = value.len() >= 8 && value.len() <= 256 && value.bytes().all(|byte| byte.is_ascii_graphic());
    when(value.is_empty() || fits, "must be 8 to 256 visible ASCII characters; unset, a good one is made")
}

/// Names the server answers to: `name`, `name:port` or `[v6]:port`, without scheme or path.
pub fn hosts(value: &str) -> Result<(), String> {
    let plain = |host: &str| !host.contains(['/', '*', '@', ' ']) && host == host.to_ascii_lowercase();
    when(
        list(value).iter().all(|host| plain(host)),
        "must be lower-case names such as `deck.example.org` or `10.0.0.5:8000`",
    )
}

/// Origins: scheme and host, no path.
pub fn origins(value: &str) -> Result<(), String> {
    let origin = |text: &str| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', '*', '@', '?', '#']))
    };
    when(list(value).iter().all(|text| origin(text)), "must be origins such as `https://grafana.example.org`")
}

/// An age, or `manual`.
pub fn cleanup(value: &str) -> Result<(), String> {
    let good = value == "manual" || seconds_of(value).is_some();
    when(good, "must be `manual`, or an age such as `7d`, `12h` or `90m`")
}

/// The seconds of an age: a whole number above 0 with its unit, `s`, `m`, `h`, `d` or `w`.
pub fn seconds_of(age: &str) -> Option<u64> {
    let (number, unit) = age.split_at_checked(age.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    let number = number.parse::<u32>().ok().filter(|number| *number > 0)?;
    Some(u64::from(number) * seconds)
}

/// Names of environment variables, none of our own.
pub fn variables(value: &str) -> Result<(), String> {
    let name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let own = |text: &str| text.starts_with("QUARTERDECK_") || text == "DATABASE_URL";
    when(
        list(value).iter().all(|text| name(text) && !own(text)),
        "must be variable names; Quarterdeck's own are never passed",
    )
}

/// A level of the log.
pub fn log_level(value: &str) -> Result<(), String> {
    when(
        ["error", "warn", "info", "debug", "trace"].contains(&value),
        "must be error, warn, info, debug or trace",
    )
}

/// A form of the log.
pub fn log_format(value: &str) -> Result<(), String> {
    when(["text", "json"].contains(&value), "must be text or json")
}

/// The parts of a list, parted by commas.
pub fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The parts of a list of paths, parted by colons, commas or line ends.
pub fn paths(value: &str) -> Vec<String> {
    let parts = value.split([':', ',', '\n']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn when(good: bool, wanted: &str) -> Result<(), String> {
    if good { Ok(()) } else { Err(wanted.to_owned()) }
}
