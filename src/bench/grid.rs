//! Which rows a table has.
//!
//! Invariant: the first row is the base point, and no row stands twice.

use super::point::{Feed, Kernel, Layout, Operation, Order, Point, Set, Size};

/// The values of every dimension that a table is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axes {
    /// Sizes of frames.
    pub size: Vec<Size>,
    /// VLANs of a circuit.
    pub vlans: Vec<u16>,
    /// Orders of tenants.
    pub order: Vec<Order>,
    /// Circuits.
    pub circuits: Vec<u16>,
    /// Frames in memory.
    pub set: Vec<Set>,
    /// How they stand.
    pub layout: Vec<Layout>,
    /// Percent of bad frames.
    pub bad: Vec<u8>,
    /// Percent of frames over rate.
    pub policed: Vec<u8>,
    /// What is done to the tag.
    pub operation: Vec<Operation>,
    /// Code of the fast path.
    pub kernel: Vec<Kernel>,
    /// Frames of one call.
    pub feed: Vec<Feed>,
    /// Cores.
    pub cores: Vec<u8>,
}

impl Axes {
    /// Everything that is worth asking. The first value of each is the base point's.
    pub fn full() -> Self {
        let fixed = [68, 128, 256, 512, 1024, 1280, 1518, 1522].map(Size::Fixed);
        let base = Point::BASE;
        Self {
            size: [&[base.size][..], &fixed, &[Size::Imix]].concat(),
            vlans: vec![base.vlans, 1, 10, 100, 1000, 4094],
            order: vec![base.order, Order::Zipf, Order::RoundRobin],
            circuits: vec![base.circuits, 16, 256, 1024],
            set: vec![base.set, Set::L2, Set::Dram],
            layout: vec![base.layout, Layout::Packed],
            bad: vec![base.bad, 1, 10, 50],
            policed: vec![base.policed, 50],
            operation: vec![base.operation, Operation::Pop, Operation::Push],
            kernel: [Kernel::Auto, Kernel::Scalar, Kernel::Avx2, Kernel::Avx512]
                .into_iter()
                .filter(|kernel| kernel.is_available())
                .collect(),
            feed: [
                &[base.feed][..],
                &[1, 8, 32, 64, 128, 512].map(Feed::Batch),
                &[Feed::Single],
            ]
            .concat(),
            cores: vec![base.cores, 2],
        }
    }

    /// Ways to change one dimension of a point, dimension by dimension: every value but the first.
    fn steps(&self) -> [Vec<Step<'_>>; 12] {
        macro_rules! steps {
            ($($field:ident),*) => {
                [$(self.$field.iter().skip(1)
                    .map(|value| Box::new(move |point: &mut Point| point.$field = *value) as Step<'_>)
                    .collect()),*]
            };
        }
        steps!(
            size, vlans, order, circuits, set, layout, bad, policed, operation, kernel, feed, cores
        )
    }

    /// The first value of every dimension.
    pub fn base(&self) -> Point {
        let base = Point::BASE;
        Point {
            size: self.size.first().copied().unwrap_or(base.size),
            vlans: self.vlans.first().copied().unwrap_or(base.vlans),
            order: self.order.first().copied().unwrap_or(base.order),
            circuits: self.circuits.first().copied().unwrap_or(base.circuits),
            set: self.set.first().copied().unwrap_or(base.set),
            layout: self.layout.first().copied().unwrap_or(base.layout),
            bad: self.bad.first().copied().unwrap_or(base.bad),
            policed: self.policed.first().copied().unwrap_or(base.policed),
            operation: self.operation.first().copied().unwrap_or(base.operation),
            kernel: self.kernel.first().copied().unwrap_or(base.kernel),
            feed: self.feed.first().copied().unwrap_or(base.feed),
            cores: self.cores.first().copied().unwrap_or(base.cores),
        }
    }

    /// The base point, and every point that differs from it in one dimension.
    pub fn star(&self) -> Vec<Point> {
        let mut points = vec![self.base()];
        for step in self.steps().iter().flatten() {
            push(&mut points, self.base(), [step]);
        }
        points
    }

    /// The star, and every point that differs from its base in two dimensions.
    pub fn pairs(&self) -> Vec<Point> {
        let mut points = self.star();
        let steps = self.steps();
        for (i, one) in steps.iter().enumerate() {
            for other in &steps[i + 1..] {
                for (a, b) in one.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
                    push(&mut points, self.base(), [a, b]);
                }
            }
        }
        points
    }

    /// Every combination of every value.
    pub fn product(&self) -> Vec<Point> {
        let mut points = vec![self.base()];
        for steps in &self.steps() {
            for point in points.clone() {
                for step in steps {
                    push(&mut points, point, [step]);
                }
            }
        }
        points
    }
}

type Step<'a> = Box<dyn Fn(&mut Point) + 'a>;

fn push<'a, const N: usize>(points: &mut Vec<Point>, mut point: Point, steps: [&Step<'a>; N]) {
    for step in steps {
        step(&mut point);
    }
    if !points.contains(&point) {
        points.push(point);
    }
}

/// The rows of a run without flags: the base point, then one dimension at a time. What takes long
/// to set up (1,024 circuits, slots in main memory) is left to whoever asks for it, so that the run
/// ends within a minute.
pub fn usual() -> Vec<Point> {
    let mut axes = Axes::full();
    axes.set = vec![Set::L3, Set::L2];
    axes.circuits = vec![1, 16, 256];
    let mut points = axes.star();
    // What fits a cache when packed, what fits a small one with few tenants, and what fits none.
    for (set, vlans) in [(Set::L2, 3000), (Set::L2, 256), (Set::Dram, 3000)] {
        push(
            &mut points,
            Point {
                set,
                vlans,
                layout: Layout::Packed,
                ..Point::BASE
            },
            [],
        );
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_has_a_row_for_each_value_and_no_row_twice() {
        let points = usual();
        assert_eq!(points[0], Point::BASE);
        for (i, point) in points.iter().enumerate() {
            assert!(!points[..i].contains(point));
        }
        // The base, 9 sizes, 5 VLANs, 2 orders, 2 circuits, L2, packed, 3 bad, 1 policed,
        // 2 operations, 7 batches, 1 cores; and three sets packed.
        let kernels = Axes::full().kernel.len() - 1;
        assert_eq!(
            points.len(),
            1 + 9 + 5 + 2 + 2 + 1 + 1 + 3 + 1 + 2 + kernels + 7 + 1 + 3
        );
    }

    #[test]
    fn the_full_grid_crosses_every_two_dimensions() {
        let points = Axes::full().pairs();
        let wanted = Point {
            size: Size::Imix,
            bad: 50,
            ..Point::BASE
        };
        assert!(points.contains(&wanted));
        assert!(points.len() > 500 && points.len() < 1_000, "{}", points.len());
    }

    #[test]
    fn flags_are_crossed_in_full() {
        let one = |n| vec![n];
        let axes = Axes {
            size: vec![Size::Fixed(64), Size::Imix],
            vlans: vec![1, 10, 100],
            order: vec![Order::Uniform],
            circuits: vec![1],
            set: vec![Set::L2],
            layout: vec![Layout::Packed],
            bad: one(0),
            policed: one(0),
            operation: vec![Operation::Translate],
            kernel: vec![Kernel::Auto],
            feed: vec![Feed::Batch(256)],
            cores: vec![1, 2],
        };
        assert_eq!(axes.product().len(), 12);
    }
}
