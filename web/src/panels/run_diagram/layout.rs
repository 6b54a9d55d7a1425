//! Where each step and each line between two steps is drawn: layers from left to right, long lines in lanes of their own.

use crate::order;
use crate::panels::graph::Graph;

/// Height of a box.
pub const TALL: f64 = 58.0;
const LANE: f64 = 12.0;
const APART: f64 = 24.0;
const NARROWEST: f64 = 128.0;
const WIDEST: f64 = 220.0;
const GAP: f64 = 28.0;
const WIDEST_GAP: f64 = 64.0;

/// A box and its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// From the left.
    pub x: f64,
    /// From above.
    pub y: f64,
}

/// A line from one step to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Its way, as the `d` of a path.
    pub path: String,
}

/// A drawing of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The whole width; wider than asked for where the boxes would become too narrow to read.
    pub width: f64,
    /// The whole height.
    pub height: f64,
    /// Width of a box.
    pub wide: f64,
    /// The box of each step.
    pub boxes: Vec<Place>,
    /// The lines.
    pub lines: Vec<Line>,
}

#[derive(Clone, Copy, PartialEq)]
enum Slot {
    Step(usize),
    /// A long line passing, by its place in the list of edges.
    Lane(usize),
}

impl Slot {
    fn tall(self) -> f64 {
        match self {
            Self::Step(_) => TALL,
            Self::Lane(_) => LANE,
        }
    }
}

/// Lays a graph out in so many pixels of width.
pub fn lay_out(graph: &Graph, width: f64) -> Layout {
    let layers = graph.layers();
    let edges = graph.edges();
    if edges.is_empty() {
        return side_by_side(graph.len(), width);
    }
    let count = layers.iter().max().map_or(1, |last| last + 1) as f64;
    let wide = ((width - 1.0 - GAP * (count - 1.0)) / count).floor().clamp(NARROWEST, WIDEST);
    let gap = ((width - 1.0 - wide * count) / (count - 1.0).max(1.0)).floor().clamp(GAP, WIDEST_GAP);
    let left = |layer: usize| layer as f64 * (wide + gap) + 0.5;
    let columns = ordered(columns(graph, &layers, &edges), &edges);
    let tall = |column: &[Slot]| {
        column.iter().map(|slot| slot.tall()).sum::<f64>() + APART * (column.len() as f64 - 1.0).max(0.0)
    };
    let height = columns.iter().map(|column| tall(column)).fold(TALL, f64::max) + 1.0;

    let mut boxes = vec![Place { x: 0.0, y: 0.0 }; graph.len()];
    let mut lanes = vec![Vec::new(); edges.len()];
    for (layer, column) in columns.iter().enumerate() {
        let mut y = ((height - tall(column)) / 2.0).floor() + 0.5;
        for slot in column {
            match *slot {
                Slot::Step(at) => boxes[at] = Place { x: left(layer), y },
                Slot::Lane(edge) => lanes[edge].push((layer, y + LANE / 2.0)),
            }
            y += slot.tall() + APART;
        }
    }
    let way = |(at, &(from, to)): (usize, &(usize, usize))| {
        let mut path = format!("M{:.1} {:.1}", boxes[from].x + wide, middle(boxes[from]));
        let mut bend = |layer: usize, y: f64| {
            path.push_str(&format!("H{:.1}V{y:.1}", left(layer) - (gap / 2.0).floor()))
        };
        for &(layer, y) in &lanes[at] {
            bend(layer, y);
        }
        bend(layers[to], middle(boxes[to]));
        path.push_str(&format!("H{:.1}", boxes[to].x));
        Line { from, to, path }
    };
    let lines = edges.iter().enumerate().map(way).collect();
    Layout { width: left(count as usize - 1) + wide + 0.5, height, wide, boxes, lines }
}

/// Steps that wait for nobody stand in rows, as many in each as there is room for.
fn side_by_side(count: usize, width: f64) -> Layout {
    let in_row = (((width - 1.0 + GAP) / (NARROWEST + GAP)).floor() as usize).clamp(1, count.max(1));
    let wide = ((width - 1.0 - GAP * (in_row as f64 - 1.0)) / in_row as f64).floor().clamp(NARROWEST, WIDEST);
    let place = |at: usize| Place {
        x: (at % in_row) as f64 * (wide + GAP) + 0.5,
        y: (at / in_row) as f64 * (TALL + APART) + 0.5,
    };
    let rows = count.div_ceil(in_row).max(1) as f64;
    let across = in_row as f64 * (wide + GAP) - GAP + 1.0;
    let height = rows * (TALL + APART) - APART + 1.0;
    Layout { width: across, height, wide, boxes: (0..count).map(place).collect(), lines: Vec::new() }
}

fn middle(place: Place) -> f64 {
    place.y + (TALL / 2.0).floor()
}

fn columns(graph: &Graph, layers: &[usize], edges: &[(usize, usize)]) -> Vec<Vec<Slot>> {
    let mut columns: Vec<Vec<Slot>> =
        graph.rows().into_iter().map(|row| row.into_iter().map(Slot::Step).collect()).collect();
    for (edge, &(from, to)) in edges.iter().enumerate() {
        let between = columns.iter_mut().take(layers[to]).skip(layers[from] + 1);
        between.for_each(|column| column.push(Slot::Lane(edge)));
    }
    columns
}

/// Each column in the order of what its slots come from, so that lines cross little.
fn ordered(mut columns: Vec<Vec<Slot>>, edges: &[(usize, usize)]) -> Vec<Vec<Slot>> {
    for layer in 1..columns.len() {
        let before = columns[layer - 1].clone();
        let height_of = |slot: Slot| before.iter().position(|other| *other == slot).map(|at| at as f64);
        let from = |edge: usize| height_of(Slot::Lane(edge)).or_else(|| height_of(Slot::Step(edges[edge].0)));
        let weight = |slot: &Slot| {
            let heights: Vec<f64> = match *slot {
                Slot::Lane(edge) => from(edge).into_iter().collect(),
                Slot::Step(at) => {
                    (0..edges.len()).filter(|&edge| edges[edge].1 == at).filter_map(from).collect()
                }
            };
            heights.iter().sum::<f64>() / heights.len().max(1) as f64
        };
        order::by(&mut columns[layer], |one, other| weight(one).total_cmp(&weight(other)));
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::StepId;

    fn graph(steps: &[(&str, &[&str])]) -> Graph {
        let id = |name: &&str| StepId((*name).to_owned());
        let steps: Vec<(StepId, Vec<StepId>)> =
            steps.iter().map(|(name, on)| (id(name), on.iter().map(id).collect())).collect();
        Graph::of(steps.iter().map(|(id, on)| (id, on.as_slice())))
    }

    #[test]
    fn boxes_of_one_layer_stand_below_each_other_and_never_overlap() {
        let graph = graph(&[("a", &[]), ("b", &["a"]), ("c", &["a"]), ("d", &["b", "c"])]);
        let drawn = lay_out(&graph, 996.0);
        assert_eq!(drawn.boxes[1].x, drawn.boxes[2].x);
        assert!(drawn.boxes[2].y >= drawn.boxes[1].y + TALL);
        assert_eq!(drawn.boxes[0].y, drawn.boxes[3].y, "single boxes stand in the middle");
        assert!(drawn.width <= 996.0);
    }

    #[test]
    fn boxes_stay_readable_where_the_window_is_narrow() {
        let chain: Vec<(&str, &[&str])> =
            vec![("a", &[]), ("b", &["a"]), ("c", &["b"]), ("d", &["c"]), ("e", &["d"]), ("f", &["e"])];
        let drawn = lay_out(&graph(&chain), 500.0);
        assert_eq!(drawn.wide, NARROWEST);
        assert!(drawn.width > 500.0);
    }

    #[test]
    fn a_long_line_passes_beside_the_boxes_between() {
        let graph = graph(&[("a", &[]), ("b", &["a"]), ("c", &["b"]), ("x", &["a"]), ("d", &["c", "x"])]);
        let drawn = lay_out(&graph, 996.0);
        let line = drawn.lines.iter().find(|line| (line.from, line.to) == (3, 4)).unwrap();
        let lane: f64 = line.path.split('V').nth(1).unwrap().split('H').next().unwrap().parse().unwrap();
        let c = drawn.boxes[2];
        assert!(lane < c.y || lane > c.y + TALL, "{lane} crosses the box at {}", c.y);
    }

    #[test]
    fn steps_that_wait_for_nobody_stand_in_rows() {
        let steps: Vec<(&str, &[&str])> = vec![("a", &[]), ("b", &[]), ("c", &[]), ("d", &[])];
        let drawn = lay_out(&graph(&steps), 500.0);
        assert_eq!(drawn.boxes[0].y, drawn.boxes[2].y);
        assert!(drawn.boxes[3].y >= drawn.boxes[0].y + TALL);
        assert!(drawn.width <= 500.0);
    }

    #[test]
    fn an_empty_graph_is_an_empty_drawing() {
        let drawn = lay_out(&Graph::default(), 300.0);
        assert!(drawn.boxes.is_empty() && drawn.lines.is_empty());
    }
}
