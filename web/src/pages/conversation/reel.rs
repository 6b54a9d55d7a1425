//! The reel: the stretch of a conversation that the page holds. It grows at the end that is read and lets go of the
//! other, so that a conversation of any length is a few hundred items here.

use std::collections::BTreeSet;
use std::rc::Rc;

use quarterdeck_shared::conversations::{Conversation, Item, ItemKind};

/// Items that are held at most.
pub const MOST: usize = 400;

/// A stretch of a conversation, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reel {
    /// The items.
    pub items: Vec<Rc<Item>>,
    /// Where what stands before begins; none at the beginning.
    pub earlier: Option<String>,
    /// Where what stands behind begins; none at the end.
    pub later: Option<String>,
    /// The share of the whole at which it begins.
    pub from: f64,
    /// The share at which it ends.
    pub to: f64,
    /// What cannot be shown, and why.
    pub missing: Vec<String>,
    /// The items that were shown whole, by their cursors.
    whole: BTreeSet<String>,
}

impl Reel {
    /// Begins with a window.
    pub fn begin(window: Conversation) -> Self {
        let Conversation { items, earlier, later, from, to, missing, .. } = window;
        let items = items.into_iter().map(Rc::new).collect();
        Self { items, earlier, later, from, to, missing, whole: BTreeSet::new() }
    }

    /// The same with a window before it.
    #[must_use]
    pub fn prepended(&self, window: Conversation) -> Self {
        let (later, whole) = (self.later.clone(), self.whole.clone());
        let mut reel = Self { later, to: self.to, whole, ..Self::begin(window) };
        reel.items.extend(self.items.iter().cloned());
        if reel.items.len() > MOST {
            let cut = line_start(&reel.items, MOST);
            reel.to = reel.share(cut);
            reel.items.truncate(cut);
            reel.later = reel.items.last().map(|item| item.cursor.clone());
        }
        reel
    }

    /// The same with a window behind it.
    #[must_use]
    pub fn appended(&self, window: Conversation) -> Self {
        let mut reel = self.clone();
        reel.items.extend(window.items.into_iter().map(Rc::new));
        (reel.later, reel.to, reel.missing) = (window.later, window.to, window.missing);
        reel.trimmed()
    }

    /// The same with a window read anew from one of its items on; none where nothing of the window is held.
    #[must_use]
    pub fn refreshed(&self, window: Conversation) -> Option<Self> {
        let held = |item: &Item| self.items.iter().position(|known| known.cursor == item.cursor);
        let (from, at) =
            window.items.iter().enumerate().find_map(|(from, item)| Some((from, held(item)?)))?;
        let mut reel = self.clone();
        let known = reel.items.split_off(at);
        let fresh = window.items.into_iter().skip(from).map(|item| {
            let Some(known) = known.iter().find(|known| known.cursor == item.cursor) else {
                return Rc::new(item);
            };
            let item = if self.whole.contains(&item.cursor) { unfolded(known, item) } else { item };
            // What did not change is not drawn again.
            if **known == item { Rc::clone(known) } else { Rc::new(item) }
        });
        reel.items.extend(fresh);
        (reel.later, reel.to, reel.missing) = (window.later, window.to, window.missing);
        Some(reel.trimmed())
    }

    /// The same with one item shown whole.
    #[must_use]
    pub fn swapped(&self, item: Item) -> Self {
        let mut reel = self.clone();
        if let Some(known) = reel.items.iter_mut().find(|known| known.cursor == item.cursor) {
            reel.whole.insert(item.cursor.clone());
            *known = Rc::new(item);
        }
        reel
    }

    fn trimmed(mut self) -> Self {
        if self.items.len() > MOST {
            let cut = line_start(&self.items, self.items.len() - MOST);
            self.from = self.share(cut);
            self.items.drain(..cut);
            self.earlier = self.items.first().map(|item| item.cursor.clone());
        }
        self
    }

    /// The share of the whole at which an item stands: items are taken for equally long.
    pub fn share(&self, at: usize) -> f64 {
        self.from + (self.to - self.from) * at as f64 / self.items.len().max(1) as f64
    }

    /// Where to read anew from when the conversation went on: at the first call that still waits for its answer, else
    /// at the last item.
    pub fn loose_end(&self) -> Option<&str> {
        let near = self.items.len().saturating_sub(100);
        let waits = |item: &&Rc<Item>| item.kind == ItemKind::Call && item.result.is_none();
        let item = self.items[near..].iter().find(waits).or(self.items.last());
        item.map(|item| item.cursor.as_str())
    }

    /// Where so many steps from an item lead; none where they lead to what is not held yet.
    pub fn stepped(&self, from: usize, by: isize) -> Option<usize> {
        let last = self.items.len().checked_sub(1)?;
        match from.checked_add_signed(by) {
            None if self.earlier.is_some() => None,
            Some(to) if to > last && self.later.is_some() => None,
            to => Some(to.unwrap_or_default().min(last)),
        }
    }

    /// Where an item stands, or the call of an answer.
    pub fn find(&self, cursor: &str) -> Option<usize> {
        let is = |item: &Rc<Item>| {
            item.cursor == cursor || item.result.as_ref().is_some_and(|result| result.cursor == cursor)
        };
        self.items.iter().position(is)
    }
}

/// An item that was read anew and cut, with the words that were shown of it: what came to it since can be unfolded.
fn unfolded(known: &Item, fresh: Item) -> Item {
    let mut item = fresh;
    if item.left_out > 0 {
        let all = item.text.len() as u64 + item.left_out;
        let is_call = item.kind == ItemKind::Call;
        item.left_out = if is_call { known.left_out } else { all.saturating_sub(known.text.len() as u64) };
        (item.text, item.input) = (known.text.clone(), known.input.clone());
    }
    item.result = known.result.clone().or(item.result);
    item
}

/// The place at or before this one where a line begins: windows begin and end between lines.
fn line_start(items: &[Rc<Item>], at: usize) -> usize {
    let line =
        |at: usize| items[at].cursor.rsplit_once('.').map_or(items[at].cursor.as_str(), |(line, _)| line);
    let mut at = at;
    while at > 1 && line(at - 1) == line(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::conversations::ItemResult;

    fn item(cursor: &str, kind: ItemKind) -> Item {
        Item { cursor: cursor.to_owned(), kind, ..Item::default() }
    }

    fn window(cursors: std::ops::Range<usize>, earlier: bool, later: bool) -> Conversation {
        let named = |at: usize| format!("0.{at}.0");
        Conversation {
            earlier: earlier.then(|| named(cursors.start)),
            later: later.then(|| named(cursors.end - 1)),
            from: cursors.start as f64 / 1_000.0,
            to: cursors.end as f64 / 1_000.0,
            items: cursors.map(|at| item(&named(at), ItemKind::Text)).collect(),
            ..Conversation::default()
        }
    }

    fn ends(reel: &Reel) -> (&str, &str, usize) {
        (&reel.items[0].cursor, &reel.items[reel.items.len() - 1].cursor, reel.items.len())
    }

    #[test]
    fn it_grows_where_it_is_read_and_lets_go_of_the_other_end() {
        let mut reel = Reel::begin(window(900..1_000, true, false));
        for start in [800, 700, 600, 500] {
            reel = reel.prepended(window(start..start + 100, true, true));
        }
        assert_eq!(ends(&reel), ("0.500.0", "0.899.0", MOST));
        assert_eq!((reel.earlier.as_deref(), reel.later.as_deref()), (Some("0.500.0"), Some("0.899.0")));
        assert!((reel.to - 0.9).abs() < 1e-9);
        reel = reel.appended(window(900..1_000, true, false));
        assert_eq!(ends(&reel), ("0.600.0", "0.999.0", MOST));
        assert_eq!((reel.earlier.as_deref(), reel.later), (Some("0.600.0"), None));
        assert!((reel.from - 0.6).abs() < 1e-9);
    }

    #[test]
    fn it_is_cut_between_lines() {
        let items: Vec<_> =
            ["0.1.0", "0.1.1", "0.1.2", "0.5.0"].map(|cursor| Rc::new(item(cursor, ItemKind::Text))).into();
        assert_eq!([1, 2, 3].map(|at| line_start(&items, at)), [1, 1, 3]);
        assert_eq!(line_start(&["e1", "e2"].map(|cursor| Rc::new(item(cursor, ItemKind::Text))), 1), 1);
    }

    #[test]
    fn a_call_that_waits_is_read_anew_with_what_came_behind_it() {
        let mut first = window(0..3, false, false);
        first.items[1].kind = ItemKind::Call;
        let reel = Reel::begin(first.clone());
        assert_eq!(reel.loose_end(), Some("0.1.0"));
        let mut next = window(1..6, true, false);
        next.items[0].kind = ItemKind::Call;
        next.items[0].result = Some(ItemResult { cursor: "0.2.0".into(), ..ItemResult::default() });
        let fresh = reel.refreshed(next).unwrap();
        assert_eq!(ends(&fresh), ("0.0.0", "0.5.0", 6));
        assert!(fresh.items[1].result.is_some() && Rc::ptr_eq(&fresh.items[2], &reel.items[2]));
        assert_eq!((fresh.loose_end(), fresh.find("0.2.0")), (Some("0.5.0"), Some(1)));
        assert_eq!(fresh.refreshed(window(90..95, true, false)), None, "a window of elsewhere");
        let wider = Reel::begin(window(2..4, true, false)).refreshed(window(1..6, true, false)).unwrap();
        assert_eq!(ends(&wider), ("0.2.0", "0.5.0", 4), "from the first one that is held");
    }

    #[test]
    fn what_was_unfolded_stays_so_when_news_come() {
        let cut = |text: &str, left_out: u64| Conversation {
            items: vec![Item { text: text.into(), left_out, ..item("0.1.0", ItemKind::Text) }],
            ..Conversation::default()
        };
        let whole = cut("many words", 0).items.remove(0);
        let reel = Reel::begin(cut("many", 6)).swapped(whole);
        assert_eq!(reel.refreshed(cut("many", 6)).unwrap(), reel);
        let grown = reel.refreshed(cut("many", 10)).unwrap();
        assert_eq!((grown.items[0].text.as_str(), grown.items[0].left_out), ("many words", 4));
        let short = reel.refreshed(cut("few", 0)).unwrap();
        assert_eq!(short.items[0].text, "few", "nothing of it is left out");
    }

    #[test]
    fn a_call_that_was_unfolded_gets_its_answer_and_keeps_its_input() {
        let call = |input: &str, left_out: u64, answer: Option<&str>| Item {
            input: input.into(),
            left_out,
            result: answer.map(|text| ItemResult { text: text.into(), ..ItemResult::default() }),
            ..item("0.1.0", ItemKind::Call)
        };
        let of = |item: Item| Conversation { items: vec![item], ..Conversation::default() };
        let reel = Reel::begin(of(call("a", 5, None))).swapped(call("a to z", 0, None));
        let answered = reel.refreshed(of(call("a", 5, Some("done")))).unwrap();
        assert_eq!(*answered.items[0], call("a to z", 0, Some("done")));
        let whole = answered.swapped(call("a to z", 0, Some("done and dusted")));
        assert_eq!(whole.refreshed(of(call("a", 5, Some("done")))).unwrap(), whole);
    }

    #[test]
    fn a_step_leads_to_an_item_that_is_held_or_waits_for_it() {
        let reel = Reel::begin(window(10..13, true, true));
        assert_eq!([-1, 1, 2].map(|by| reel.stepped(1, by)), [Some(0), Some(2), None]);
        assert_eq!(reel.stepped(0, -1), None, "earlier ones are to come");
        let all = Reel::begin(window(10..13, false, false));
        assert_eq!([-2, 5].map(|by| all.stepped(1, by)), [Some(0), Some(2)]);
        assert_eq!(Reel::default().stepped(0, 1), None);
    }
}
