//! What is known of facilities.

/// Is a day: the number of days since the first of January 1970.
pub type Day = i32;

/// The farthest day from 1970, in either direction, that a history may name: about 2,700 years.
pub(crate) const FARTHEST: Day = 1_000_000;

/// Is a day on which something was so, with the day on which the public could know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// When it was so, or falls due.
    pub day: Day,
    /// When the public could know it.
    pub published: Day,
}

impl Mark {
    /// Returns a mark that was published on its own day.
    #[must_use]
    pub const fn on(day: Day) -> Self {
        Self { day, published: day }
    }

    fn known(self, by: Day) -> bool {
        self.published <= by && self.day <= by
    }
}

/// Is a look at a facility by somebody independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Check {
    /// When it was looked at, and when the public could know.
    pub mark: Mark,
    /// Whether it was found to be open.
    pub done: bool,
}

/// Is what is known of one facility: the days of its life as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// Identifier, once in a history.
    pub id: String,
    /// Batch, such as a year: facilities that were promised together and share their luck.
    pub batch: String,
    /// Province, kind, or both: facilities that may be faster or slower than others.
    pub group: String,
    /// What it does, for milestones that count facilities of one kind.
    pub kind: String,
    /// Place where it stands, for milestones that count places.
    pub place: String,
    /// When work began.
    pub begun: Option<Mark>,
    /// When those who run the programme say that it opened.
    pub claimed_done: Option<Mark>,
    /// When somebody independent saw that it is open.
    pub verified_done: Option<Mark>,
    /// Looks by somebody independent, in any order.
    pub checks: Vec<Check>,
    /// When it was given up: it will not open.
    pub cancelled: Option<Mark>,
    /// The day by which it was to open. Its day may lie in the future; it is known once it is published.
    pub deadline: Option<Mark>,
}

impl Case {
    /// Returns the day on which it opened, by whoever says so first; none while nobody does.
    #[must_use]
    pub fn done(&self) -> Option<Day> {
        self.claimed_done.into_iter().chain(self.verified_done).map(|mark| mark.day).min()
    }

    /// Returns what was known of it by a day; none where nothing was.
    fn known_by(&self, by: Day) -> Option<Self> {
        let keep = |mark: Option<Mark>| mark.filter(|mark| mark.known(by));
        let case = Self {
            id: self.id.clone(),
            batch: self.batch.clone(),
            group: self.group.clone(),
            kind: self.kind.clone(),
            place: self.place.clone(),
            begun: keep(self.begun),
            claimed_done: keep(self.claimed_done),
            verified_done: keep(self.verified_done),
            checks: self.checks.iter().filter(|check| check.mark.known(by)).copied().collect(),
            cancelled: keep(self.cancelled),
            deadline: self.deadline.filter(|mark| mark.published <= by),
        };
        let known = case.begun.is_some()
            || case.claimed_done.is_some()
            || case.verified_done.is_some()
            || case.cancelled.is_some()
            || case.deadline.is_some();
        known.then_some(case)
    }

    /// Returns all days that it names.
    pub(crate) fn days(&self) -> impl Iterator<Item = Day> {
        let marks =
            [self.begun, self.claimed_done, self.verified_done, self.cancelled, self.deadline];
        let marks = marks.into_iter().flatten().chain(self.checks.iter().map(|check| check.mark));
        marks.flat_map(|mark| [mark.day, mark.published]).collect::<Vec<_>>().into_iter()
    }
}

/// Is what is known of a programme's facilities as of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The facilities, in any order.
    pub cases: Vec<Case>,
    /// The day on which they are looked at. What was published later does not count.
    pub as_of: Day,
}

impl History {
    /// Returns what was known by an earlier day: marks that were published and had come to pass by then, and deadlines
    /// that were published. Cases are sorted by batch and identifier, and their checks by day.
    #[must_use]
    pub fn known_by(&self, by: Day) -> Self {
        let mut cases: Vec<Case> = self.cases.iter().filter_map(|case| case.known_by(by)).collect();
        for case in &mut cases {
            case.checks.sort_unstable();
        }
        cases.sort_unstable_by(|a, b| (&a.batch, &a.id).cmp(&(&b.batch, &b.id)));
        Self { cases, as_of: by }
    }
}
