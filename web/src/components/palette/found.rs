//! What the palette lists for what was typed.

use yew::AttrValue;

use super::Entry;
use crate::components::fuzzy;
use crate::order;

/// How many a group shows.
const MOST: usize = 8;

/// An entry found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its place among the entries.
    pub entry: usize,
    /// The places of the letters found in its title.
    pub places: Vec<usize>,
    score: i32,
}

/// Entries found under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The heading.
    pub name: AttrValue,
    /// Its sign.
    pub sigil: char,
    /// The entries, best first.
    pub found: Vec<Found>,
}

/// Entries that match, grouped, the group with the best one first. A leading sigil narrows to its group.
pub fn find(entries: &[Entry], typed: &str) -> Vec<Group> {
    let typed = typed.trim();
    let sigil = typed.chars().next().filter(|first| entries.iter().any(|entry| entry.sigil == *first));
    let wanted = sigil.map_or(typed, |sigil| typed[sigil.len_utf8()..].trim_start());
    let mut groups: Vec<Group> = Vec::new();
    for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| sigil.is_none_or(|s| s == entry.sigil))
    {
        let Some(found) = matched(wanted, at, entry) else { continue };
        match groups.iter_mut().find(|group| group.name == entry.group) {
            Some(group) => group.found.push(found),
            None => groups.push(Group { name: entry.group.clone(), sigil: entry.sigil, found: vec![found] }),
        }
    }
    for group in &mut groups {
        // Stable: of equals the one listed first is the likelier.
        order::largest_first(&mut group.found, |found| found.score);
        group.found.truncate(MOST);
    }
    order::largest_first(&mut groups, |group| group.found.first().map_or(0, |found| found.score));
    groups
}

fn matched(wanted: &str, entry: usize, of: &Entry) -> Option<Found> {
    if let Some(found) = fuzzy(wanted, &of.title) {
        return Some(Found { entry, places: found.places, score: found.score });
    }
    // Found by a word that is not shown: worth less, and nothing to mark.
    fuzzy(wanted, &of.also).map(|found| Found { entry, places: Vec::new(), score: found.score - 20 })
}

#[cfg(test)]
mod tests {
    use super::super::Act;
    use super::*;
    use crate::components::Icon;

    fn entries() -> Vec<Entry> {
        let entry = |group: &'static str, sigil, title: &'static str| {
            Entry::new(group, sigil, Icon::Plus, title, Act::Go("/".into()))
        };
        let mut all = vec![
            entry("Act", '>', "New task"),
            entry("Act", '>', "Interrupt Builder"),
            entry("Agents", '@', "Builder, interrupted by a restart"),
            entry("Tasks", '#', "SQL injection review"),
        ];
        all[3].also = "0192f3".into();
        all
    }

    #[track_caller]
    fn check(typed: &str, expected: &[(&str, &[usize])]) {
        let entries = entries();
        let found = find(&entries, typed);
        let told: Vec<(String, Vec<usize>)> =
            found.iter().map(|g| (g.name.to_string(), g.found.iter().map(|f| f.entry).collect())).collect();
        let expected: Vec<(String, Vec<usize>)> =
            expected.iter().map(|(n, e)| ((*n).to_owned(), e.to_vec())).collect();
        assert_eq!(told, expected, "typed {typed:?}");
    }

    #[test]
    fn nothing_typed_lists_everything_in_its_order() {
        check("", &[("Act", &[0, 1]), ("Agents", &[2]), ("Tasks", &[3])]);
    }

    #[test]
    fn the_group_with_the_best_match_comes_first() {
        check("int", &[("Act", &[1]), ("Agents", &[2]), ("Tasks", &[3])]);
        check("sql", &[("Tasks", &[3])]);
    }

    #[test]
    fn a_sign_narrows_to_one_group() {
        check("@", &[("Agents", &[2])]);
        check("@ int", &[("Agents", &[2])]);
        check("# int", &[("Tasks", &[3])]);
    }

    #[test]
    fn a_thing_is_found_by_its_id_too() {
        check("0192", &[("Tasks", &[3])]);
    }
}
