//! Fuzzy matching: the letters typed, found in order; runs and beginnings of words count more.

/// Where a text matches, and how well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Higher is better.
    pub score: i32,
    /// The places of the matched letters, in characters.
    pub places: Vec<usize>,
}

/// How `typed` is found in `text`; an empty one is found everywhere. `None` when a letter is missing.
pub fn fuzzy(typed: &str, text: &str) -> Option<Match> {
    let wanted: Vec<char> =
        typed.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let letters: Vec<char> = text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect();
    // The best of the matches that begin at each place where the first letter stands.
    let Some(first) = wanted.first() else { return Some(Match { score: 0, places: Vec::new() }) };
    let starts = (0..letters.len()).filter(|&at| letters[at] == *first);
    let found = starts.filter_map(|start| greedy(&wanted, &letters, start));
    found.max_by_key(|found| (found.score, std::cmp::Reverse(found.places.clone())))
}

fn greedy(wanted: &[char], letters: &[char], start: usize) -> Option<Match> {
    let mut places: Vec<usize> = Vec::with_capacity(wanted.len());
    let mut at = start;
    for want in wanted {
        let rest = letters.get(at..)?;
        let run = rest.first() == Some(want);
        // A beginning of a word is worth a jump; else the nearest.
        let jump = || (at..letters.len()).find(|&p| letters[p] == *want && begins(letters, p));
        let near = || rest.iter().position(|letter| letter == want).map(|step| at + step);
        let place = if run { at } else { jump().or_else(near)? };
        places.push(place);
        at = place + 1;
    }
    let runs = places.windows(2).filter(|pair| pair[1] == pair[0] + 1).count() as i32;
    let begun = places.iter().filter(|&&place| begins(letters, place)).count() as i32;
    let span = (places.last()? - start) as i32;
    let score = runs * 8 + begun * 6 - span - (start as i32).min(20) - letters.len() as i32 / 16;
    Some(Match { score: score + if start == 0 { 10 } else { 0 }, places })
}

fn begins(letters: &[char], at: usize) -> bool {
    at == 0 || letters.get(at - 1).is_some_and(|before| !before.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn best(typed: &str, texts: &[&'static str]) -> &'static str {
        let found = texts.iter().filter_map(|text| fuzzy(typed, text).map(|m| (m.score, *text)));
        found.max_by_key(|(score, _)| *score).expect("something matches").1
    }

    #[test]
    fn a_beginning_beats_scattered_letters() {
        assert_eq!(
            best("int", &["Print this month's costs", "Interrupt Builder", "SQL injection review"]),
            "Interrupt Builder"
        );
        assert_eq!(best("nt", &["Agents", "New task"]), "New task");
    }

    #[test]
    fn the_found_letters_are_told() {
        assert_eq!(fuzzy("int", "Interrupt").map(|m| m.places), Some(vec![0, 1, 2]));
        assert_eq!(fuzzy("n task", "New task").map(|m| m.places), Some(vec![0, 4, 5, 6, 7]));
    }

    #[test]
    fn a_missing_letter_is_no_match_and_nothing_typed_matches_all() {
        assert_eq!(fuzzy("xyz", "Interrupt"), None);
        assert_eq!(fuzzy("  ", "Interrupt").map(|m| m.score), Some(0));
    }

    #[test]
    fn letters_beyond_ascii_keep_their_places() {
        assert_eq!(fuzzy("ß", "Größe").map(|m| m.places), Some(vec![3]));
    }
}
