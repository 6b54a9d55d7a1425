//! Why a day's sum is what it is, in words.

use super::doubts;
use crate::cli::{
    CliError,
    output::{
        Column::{Numbers, Words},
        Output, cost, say,
    },
};
use orchestrator::figures;
use quarterdeck_shared::costs::{Reckoning, Why};

/// Tells it.
pub fn tell(output: Output, why: &Why) -> Result<(), CliError> {
    let lines = &why.lines;
    let row = |way: &str, took: &Reckoning, cost: String| {
        let tokens = took.tokens;
        vec![way.to_owned(), figures::tokens(tokens.total()), figures::tokens(tokens.output), cost]
    };
    let own = Reckoning { tokens: why.sum.tokens, ..Reckoning::default() };
    let mut rows = vec![row(
        "each response once, as Quarterdeck counts",
        &own,
        cost(why.sum.cost_usd, why.sum.cost_basis),
    )];
    for (way, took) in
        [("every line added up", &why.every_line), ("the first line of each response", &why.first_line)]
    {
        rows.push(row(way, took, reckoned(took)));
    }
    output.table(&[Words("COUNTED"), Numbers("TOKENS"), Numbers("OUTPUT"), Numbers("COST")], &rows)?;
    let facts = [
        (lines.lines, format!("lines of {} files tell of {} responses", lines.files, lines.responses)),
        (
            lines.repeated_lines,
            "lines repeat a response of the same file: one is written for each block".to_owned(),
        ),
        (
            lines.copied_lines,
            format!("lines are copies in other files, of {} responses", lines.copied_responses),
        ),
        (
            lines.partial_lines,
            "lines were written before the response had ended: they say fewer tokens".to_owned(),
        ),
        (lines.echoes, "pieces of a parent's file repeat what its sub-agent was answered".to_owned()),
        (
            why.left_out_responses,
            format!(
                "responses of sub-agents stand in their parents' files alone, and are in no sum: {}",
                reckoned(&why.left_out)
            ),
        ),
        (lines.unread_lines, "lines cannot be read, or are too long".to_owned()),
        (why.elsewhere_records, format!("records come from no session file: {}", reckoned(&why.elsewhere))),
        (
            why.reported_records,
            format!("records were priced by their source too: {} in all", why.reported_usd.display()),
        ),
        (why.missing_files, "files are gone or cannot be read now; what they said is in the sum".to_owned()),
    ];
    for (count, words) in facts.into_iter().filter(|(count, _)| *count > 0) {
        say(&format!("{count} {words}"))?;
    }
    for words in doubts(&why.sum) {
        say(&words)?;
    }
    Ok(())
}

/// What a reckoning cost, as far as the prices are known.
fn reckoned(took: &Reckoning) -> String {
    cost(took.cost_usd, took.cost_basis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::Usd;

    #[test]
    fn lines_without_a_price_never_cost_nothing() {
        let took = |nanos, unpriced| {
            reckoned(&Reckoning { cost_usd: Usd::from_nanos(nanos), unpriced, ..Reckoning::default() })
        };
        assert_eq!((took(0, 2).as_str(), took(530_000_000, 2).as_str()), ("unknown", "≥ $0.53"));
        assert_eq!(took(530_000_000, 0), "$0.53");
    }

    #[test]
    fn what_is_not_known_to_its_end_costs_at_least_that() {
        let cost_usd = Usd::from_nanos(530_000_000);
        assert_eq!(reckoned(&Reckoning { cost_usd, lower_bound: 1, ..Reckoning::default() }), "≥ $0.53");
    }
}
