//! What happens when: one queue for the whole network, and each node's next tick.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::nodes::Node;

/// Never, as far as a simulation is concerned.
const NEVER: u64 = u64::MAX;

/// Things to come, in the order of time and then of planning.
#[derive(Debug)]
pub struct Agenda<T> {
    planned: BinaryHeap<Reverse<Entry<T>>>,
    count: u64,
    /// How much room each thing takes, and all together.
    weigh: fn(&T) -> usize,
    weight: usize,
    /// When each node wants a tick.
    ticks: Vec<u64>,
}

/// What comes next.
#[derive(Debug)]
pub enum Next<T> {
    Planned(u64, T),
    Tick(u64, Node),
}

#[derive(Debug)]
struct Entry<T> {
    time_ms: u64,
    order: u64,
    what: T,
}

impl<T> Entry<T> {
    fn place(&self) -> (u64, u64) {
        (self.time_ms, self.order)
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl<T> Agenda<T> {
    pub fn new(nodes: usize, weigh: fn(&T) -> usize) -> Self {
        let (planned, ticks) = (BinaryHeap::new(), vec![NEVER; nodes]);
        Self { planned, count: 0, weigh, weight: 0, ticks }
    }

    /// How much waits.
    pub fn weight(&self) -> usize {
        self.weight
    }

    pub fn plan(&mut self, time_ms: u64, what: T) {
        self.count += 1;
        self.weight += (self.weigh)(&what);
        self.planned.push(Reverse(Entry { time_ms, order: self.count, what }));
    }

    /// A node wants one tick only: the last word counts.
    pub fn tick_at(&mut self, node: Node, time_ms: u64) {
        self.ticks[node] = time_ms;
    }

    pub fn no_tick(&mut self, node: Node) {
        self.ticks[node] = NEVER;
    }

    pub fn pop(&mut self) -> Option<Next<T>> {
        let planned = self.planned.peek().map_or(NEVER, |Reverse(entry)| entry.time_ms);
        let tick = self.ticks.iter().copied().enumerate().min_by_key(|(_, time_ms)| *time_ms);
        match tick {
            Some((node, time_ms)) if time_ms < planned => {
                self.ticks[node] = NEVER;
                Some(Next::Tick(time_ms, node))
            }
            _ => {
                let Reverse(entry) = self.planned.pop()?;
                self.weight -= (self.weigh)(&entry.what);
                Some(Next::Planned(entry.time_ms, entry.what))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_in_the_order_of_time_then_of_planning() {
        let mut agenda = Agenda::new(2, |what: &&str| what.len());
        agenda.plan(7, "c");
        agenda.plan(5, "a");
        agenda.plan(5, "b");
        agenda.tick_at(1, 9);
        agenda.tick_at(1, 6);
        agenda.tick_at(0, 5);
        assert_eq!(agenda.weight(), 3);
        let mut order = Vec::new();
        while let Some(next) = agenda.pop() {
            order.push(match next {
                Next::Planned(time_ms, what) => (time_ms, what.to_owned()),
                Next::Tick(time_ms, node) => (time_ms, format!("tick {node}")),
            });
        }
        let expected = [(5, "a"), (5, "b"), (5, "tick 0"), (6, "tick 1"), (7, "c")];
        assert_eq!(agenda.weight(), 0);
        assert_eq!(order, expected.map(|(time_ms, what)| (time_ms, what.to_owned())));
    }
}
