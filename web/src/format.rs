//! Figures as the page writes them: short where one glances, exact where one hovers. A dash is "nothing yet".

/// Nothing to show yet.
pub const DASH: &str = "–";

/// Adaptive dollars from nano-dollars: `$0.0012`, `$0.23`, `$12.34`, `$1,234`.
pub fn usd(nanos: i64) -> String {
    let sign = if nanos < 0 { "−" } else { "" };
    let nanos = nanos.unsigned_abs();
    match nanos {
        0 => "$0.00".into(),
        1..50_000 => format!("{sign}<$0.0001"),
        50_000..9_950_000 => format!("{sign}$0.{:04}", (nanos + 50_000) / 100_000),
        9_950_000..10_000_000_000_000 => {
            let cents = (nanos + 5_000_000) / 10_000_000;
            format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100)
        }
        _ => format!("{sign}${}", grouped((nanos + 500_000_000) / 1_000_000_000)),
    }
}

/// Every digit there is: `$21.306775`.
pub fn usd_exact(nanos: i64) -> String {
    let sign = if nanos < 0 { "−" } else { "" };
    let nanos = nanos.unsigned_abs();
    let fraction = format!("{:09}", nanos % 1_000_000_000);
    let digits = fraction.trim_end_matches('0');
    format!("{sign}${}.{digits:0<2}", grouped(nanos / 1_000_000_000))
}

/// A count in three figures: `812`, `117k`, `7.13M`, `1.20G`.
pub fn count(number: u64) -> String {
    match number {
        ..1_000 => number.to_string(),
        1_000..9_995 => scaled(number, 1_000, 2, "k"),
        9_995..99_950 => scaled(number, 1_000, 1, "k"),
        99_950..999_500 => scaled(number, 1_000, 0, "k"),
        999_500..9_995_000 => scaled(number, 1_000_000, 2, "M"),
        9_995_000..999_500_000 => scaled(number, 1_000_000, if number < 99_950_000 { 2 } else { 0 }, "M"),
        _ => scaled(number, 1_000_000_000, 2, "G"),
    }
}

fn scaled(number: u64, unit: u64, places: usize, letter: &str) -> String {
    format!("{:.places$}{letter}", number as f64 / unit as f64)
}

/// Thousands apart: `29,894,840`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many of something: `1 task`, `1,234 tasks`.
pub fn several(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A part of one as percent: `91%`. Never 0% for something, never 100% for less than all.
pub fn percent(part: f64) -> String {
    match (part * 100.0).round() {
        _ if !part.is_finite() => DASH.into(),
        rounded if rounded < 1.0 && part > 0.0 => "<1%".into(),
        rounded if rounded >= 100.0 && part < 1.0 => "99%".into(),
        rounded => format!("{rounded:.0}%"),
    }
}

/// How long something takes: `<1 ms`, `400 ms`, `4:12`, `1 h 45`, `3 d 4 h`.
pub fn lasting(us: i64) -> String {
    let seconds = us.max(0) / 1_000_000;
    match seconds {
        0 if us <= 0 => "0 s".to_owned(),
        0 if us < 1_000 => "<1 ms".to_owned(),
        0 => format!("{} ms", us / 1_000),
        1..3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {:02}", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// How long ago: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. A clock that runs ahead says `now`.
pub fn ago(then_us: i64, now_us: i64) -> String {
    let seconds = (now_us - then_us) / 1_000_000;
    match seconds {
        ..5 => "now".into(),
        5..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

/// Bytes: `812 B`, `64.2 kB`, `1.3 MB`.
pub fn bytes(number: u64) -> String {
    match number {
        ..1_000 => format!("{number} B"),
        1_000..1_000_000 => format!("{:.1} kB", number as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", number as f64 / 1e6),
        _ => format!("{:.2} GB", number as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_as_fine_as_it_is_small() {
        for (nanos, expected) in [
            (0, "$0.00"),
            (30_000, "<$0.0001"),
            (1_200_000, "$0.0012"),
            (9_949_999, "$0.0099"),
            (9_960_000, "$0.01"),
            (230_000_000, "$0.23"),
            (12_340_000_000, "$12.34"),
            (21_306_775_000, "$21.31"),
            (1_234_560_000_000, "$1,234.56"),
            (12_345_600_000_000, "$12,346"),
            (-230_000_000, "−$0.23"),
        ] {
            assert_eq!(usd(nanos), expected);
        }
    }

    #[test]
    fn exact_money_keeps_every_digit() {
        assert_eq!(usd_exact(21_306_775_000), "$21.306775");
        assert_eq!(usd_exact(2_000_000_000), "$2.00");
        assert_eq!(usd_exact(30), "$0.00000003");
    }

    #[test]
    fn counts_keep_three_figures() {
        for (number, expected) in [
            (812, "812"),
            (1_184, "1.18k"),
            (41_200, "41.2k"),
            (117_300, "117k"),
            (7_130_000, "7.13M"),
            (29_894_840, "29.89M"),
            (1_200_000_000, "1.20G"),
        ] {
            assert_eq!(count(number), expected);
        }
        assert_eq!(grouped(29_894_840), "29,894,840");
    }

    #[test]
    fn percent_never_rounds_to_none_or_all() {
        for (part, expected) in [(0.0, "0%"), (0.002, "<1%"), (0.91, "91%"), (0.997, "99%"), (1.0, "100%")] {
            assert_eq!(percent(part), expected);
        }
    }

    #[test]
    fn time_is_said_as_one_says_it() {
        for (us, expected) in [
            (0, "0 s"),
            (400, "<1 ms"),
            (2_000, "2 ms"),
            (400_000, "400 ms"),
            (252_000_000, "4:12"),
            (6_300_000_000, "1 h 45"),
        ] {
            assert_eq!(lasting(us), expected);
        }
        for (then, expected) in [(100, "now"), (88, "12 s ago"), (-100, "3 min ago"), (101, "now")] {
            assert_eq!(ago(then * 1_000_000, 100_000_000), expected);
        }
    }
}
