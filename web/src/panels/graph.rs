//! The order of steps: who waits for whom, which run side by side, and which waits go without saying.

use crate::order;
use quarterdeck_shared::StepId;

/// Steps by place, each with the places of those it waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    waits_for: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of steps given as (id, what it depends on); a name that is not there counts as nothing.
    pub fn of<'a>(steps: impl Iterator<Item = (&'a StepId, &'a [StepId])> + Clone) -> Self {
        let ids: Vec<&StepId> = steps.clone().map(|(id, _)| id).collect();
        let place = |name: &StepId| ids.iter().position(|id| *id == name);
        let waits_for = steps.enumerate().map(|(own, (_, names))| {
            let mut places: Vec<usize> =
                names.iter().filter_map(place).filter(|place| *place != own).collect();
            order::by_key(&mut places, |&place| place);
            places.dedup();
            places
        });
        Self { waits_for: waits_for.collect() }
    }

    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.waits_for.len()
    }

    /// Whether there is no step.
    pub fn is_empty(&self) -> bool {
        self.waits_for.is_empty()
    }

    /// The layer of each step: one more than the last of those it waits for.
    pub fn layers(&self) -> Vec<usize> {
        let mut layers = vec![0; self.len()];
        // As many rounds as there are steps settle every order; a circle, which the server refuses, ends there too.
        for _ in 0..self.len() {
            let before = layers.clone();
            for (at, waits_for) in self.waits_for.iter().enumerate() {
                let after = waits_for.iter().map(|&other| before[other] + 1).max().unwrap_or(0);
                layers[at] = after.min(self.len().saturating_sub(1));
            }
            if layers == before {
                break;
            }
        }
        layers
    }

    /// The places of the steps, layer by layer.
    pub fn rows(&self) -> Vec<Vec<usize>> {
        let layers = self.layers();
        let count = layers.iter().max().map_or(0, |last| last + 1);
        (0..count).map(|layer| (0..self.len()).filter(|&at| layers[at] == layer).collect()).collect()
    }

    /// The waits as (from, to), without those that follow from others.
    pub fn edges(&self) -> Vec<(usize, usize)> {
        let before = self.before();
        let mut edges = Vec::new();
        for (to, waits_for) in self.waits_for.iter().enumerate() {
            let follows =
                |from: usize| waits_for.iter().any(|&other| other != from && before[other].contains(&from));
            edges.extend(waits_for.iter().filter(|&&from| !follows(from)).map(|&from| (from, to)));
        }
        edges
    }

    /// For each step, all those that must have ended before it.
    fn before(&self) -> Vec<Vec<usize>> {
        let mut before = self.waits_for.clone();
        for row in self.rows() {
            for at in row {
                let mut all = before[at].clone();
                all.extend(self.waits_for[at].iter().flat_map(|&other| before[other].clone()));
                order::by_key(&mut all, |&place| place);
                all.dedup();
                before[at] = all;
            }
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(steps: &[(&str, &[&str])]) -> Graph {
        let id = |name: &&str| StepId((*name).to_owned());
        let steps: Vec<(StepId, Vec<StepId>)> =
            steps.iter().map(|(name, on)| (id(name), on.iter().map(id).collect())).collect();
        Graph::of(steps.iter().map(|(id, on)| (id, on.as_slice())))
    }

    #[test]
    fn steps_that_wait_for_the_same_run_side_by_side() {
        let graph = graph(&[("a", &[]), ("b", &["a"]), ("c", &["a"]), ("d", &["b", "c"])]);
        assert_eq!(graph.layers(), [0, 1, 1, 2]);
        assert_eq!(graph.rows(), [vec![0], vec![1, 2], vec![3]]);
    }

    #[test]
    fn a_wait_that_follows_from_others_is_not_drawn() {
        let graph = graph(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b"]), ("d", &["a", "c"])]);
        assert_eq!(graph.edges(), [(0, 1), (1, 2), (2, 3)]);
    }

    #[test]
    fn names_that_are_not_there_and_circles_do_no_harm() {
        let graph = graph(&[("a", &["zz", "a"]), ("b", &["c"]), ("c", &["b"])]);
        assert_eq!(graph.layers()[0], 0);
        assert!(graph.layers().iter().all(|&layer| layer < 3));
        assert!(graph.edges().len() <= 2);
    }
}
