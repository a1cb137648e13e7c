//! Comparisons of things.

use std::cmp::Ordering;

use metaffi::object::Comparison;

use super::datum::{Datum, are_among, are_equal, order_of};
use super::operation::{Answer, Refusal, Said, raises};
use super::thing::{Sort, Thing};

/// How two are to each other.
enum Relation {
    /// Equal or not, and never ordered.
    Equal(bool),
    Ordered(Ordering),
    /// Not equal, and what makes the difference has no order.
    Disordered,
    /// Of sets: whether each is within the other.
    Within(bool, bool),
}

use Relation::{Disordered, Equal, Ordered, Within};

impl Thing {
    /// What a comparison gives: with a value, with another thing, or with itself.
    pub fn compared(
        &self,
        how: Comparison,
        value: Option<&Datum>,
        with: Option<Option<&Thing>>,
    ) -> Answer {
        let relation = match (value, with) {
            (Some(value), _) => self.to_value(value),
            (None, Some(Some(other))) => self.to(other),
            _ => self.to_itself(),
        };
        let is_equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
        if !is_equality && !self.has_order() {
            return Err(Refusal::Unable);
        }
        if self.sort == Sort::HostList && matches!(relation, Equal(_)) {
            return Err(Refusal::Unable);
        }
        let holds = match (relation, how) {
            (Equal(is), Comparison::Equal) => is,
            (Equal(is), Comparison::NotEqual) => !is,
            (Disordered, Comparison::Equal) => false,
            (Disordered, Comparison::NotEqual) => true,
            (Ordered(order), how) => holds(how, order),
            (Within(one, other), how) => match how {
                Comparison::Less => one && !other,
                Comparison::LessOrEqual => one,
                Comparison::Equal => one && other,
                Comparison::NotEqual => !(one && other),
                Comparison::Greater => other && !one,
                Comparison::GreaterOrEqual => other,
            },
            _ if self.sort == Sort::HostList => return Err(Refusal::Unable),
            _ => return raises("TypeError"),
        };
        Ok(Said::Holds(holds))
    }

    /// Whether it has an order, if only with its like.
    fn has_order(&self) -> bool {
        let is_plain = matches!(self.sort, Sort::Properties | Sort::HostMap | Sort::HostRecord);
        !(is_plain || self.sort.is_mapping() || self.sort == Sort::Namespace)
    }

    fn to_itself(&self) -> Relation {
        match self.sort {
            sort if sort.is_set() => Within(true, true),
            _ if self.has_order() => Ordered(Ordering::Equal),
            _ => Equal(true),
        }
    }

    fn to_value(&self, value: &Datum) -> Relation {
        match (self.sort, value) {
            (Sort::Text, Datum::Text(text)) => Ordered(self.text().cmp(text)),
            _ => Equal(false),
        }
    }

    fn to(&self, other: &Thing) -> Relation {
        let by_items = |is_alike: bool| match is_alike {
            true => match order_of(&self.items, &other.items) {
                Some(order) => Ordered(order),
                None => Disordered,
            },
            false => Equal(false),
        };
        let is_alike = self.sort == other.sort;
        match self.sort {
            Sort::Text if is_alike => Ordered(self.text().cmp(&other.text())),
            Sort::Bytes | Sort::ByteArray | Sort::Array if self.are_bytes(other) => {
                Ordered(self.bytes().cmp(&other.bytes()))
            }
            Sort::Dict | Sort::OrderedDict if !other.sort.is_host() && other.sort.is_mapping() => {
                let are_ordered = self.sort == Sort::OrderedDict && is_alike;
                Equal(self.has_entries_of(other, are_ordered))
            }
            Sort::Set | Sort::FrozenSet if other.sort.is_set() => {
                let (one, other) = (&self.items, &other.items);
                Within(are_among(one, other), are_among(other, one))
            }
            Sort::Namespace if is_alike => {
                let same = self.attributes.iter().all(|(name, value)| {
                    let found = other.attribute(name);
                    found.is_some_and(|at| other.attributes[at].1.equals(value))
                });
                Equal(same && self.attributes.len() == other.attributes.len())
            }
            Sort::Point if is_alike => match order_of(&self.point(), &other.point()) {
                Some(order) => Ordered(order),
                None => Disordered,
            },
            Sort::HostMap | Sort::HostRecord | Sort::Properties => Equal(false),
            _ => by_items(is_alike),
        }
    }

    /// Whether the memory of both is compared.
    fn are_bytes(&self, other: &Thing) -> bool {
        let shows = |sort| matches!(sort, Sort::Bytes | Sort::ByteArray | Sort::Array);
        let of_bytearray = self.sort == Sort::ByteArray || other.sort == Sort::ByteArray;
        of_bytearray && shows(self.sort) && shows(other.sort)
    }

    fn bytes(&self) -> Vec<u8> {
        let number = |one: &Datum| one.index().unwrap_or_default();
        match self.sort {
            Sort::Array => self.items.iter().flat_map(|one| number(one).to_ne_bytes()).collect(),
            _ => self.items.iter().map(|one| number(one) as u8).collect(),
        }
    }

    fn has_entries_of(&self, other: &Thing, are_ordered: bool) -> bool {
        let keys = |thing: &Thing| thing.entries.iter().map(|(key, _)| key.clone()).collect();
        let (one, theirs): (Vec<Datum>, Vec<Datum>) = (keys(self), keys(other));
        self.entries.len() == other.entries.len()
            && (!are_ordered || are_equal(&one, &theirs))
            && self.entries.iter().all(|(key, value)| {
                other.find(key).is_some_and(|at| other.entries[at].1.equals(value))
            })
    }

    fn point(&self) -> Vec<Datum> {
        ["x", "y"].map(|name| self.attributes[self.attribute(name).unwrap()].1.clone()).to_vec()
    }
}

fn holds(how: Comparison, order: Ordering) -> bool {
    match how {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}
