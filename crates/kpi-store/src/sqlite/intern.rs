//! Numbers for texts, in the order in which they first came.

use std::hash::Hasher;

/// An empty place of the table.
const FREE: usize = usize::MAX;

/// A set of texts in one arena, found through an open-addressing table: no allocation per text.
#[derive(Debug, Default)]
pub(super) struct Interner {
    arena: String,
    ends: Vec<usize>,
    table: Vec<usize>,
}

impl Interner {
    /// The number of a text, new or known.
    pub(super) fn number(&mut self, text: &str) -> usize {
        if self.ends.len() * 2 >= self.table.len() {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut place = slot(text, mask);
        loop {
            let number = self.table[place];
            if number == FREE {
                break;
            }
            if self.get(number) == text {
                return number;
            }
            place = (place + 1) & mask;
        }
        let number = self.ends.len();
        self.arena.push_str(text);
        self.ends.push(self.arena.len());
        self.table[place] = number;
        number
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How much text there is.
    pub(super) fn bytes(&self) -> usize {
        self.arena.len()
    }

    /// How much memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.arena.capacity() + (self.ends.capacity() + self.table.capacity()) * size_of::<usize>()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|number| self.get(number))
    }

    pub(super) fn clear(&mut self) {
        self.arena.clear();
        self.ends.clear();
        self.table.fill(FREE);
    }

    fn get(&self, number: usize) -> &str {
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.arena.get(start..end).unwrap_or("")
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table.clear();
        self.table.resize(size, FREE);
        let mask = size - 1;
        for number in 0..self.ends.len() {
            let mut place = slot(self.get(number), mask);
            while self.table[place] != FREE {
                place = (place + 1) & mask;
            }
            self.table[place] = number;
        }
    }
}

fn slot(text: &str, mask: usize) -> usize {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(text.as_bytes());
    usize::try_from(hasher.finish() & mask as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn each_text_has_one_number() {
        let mut texts = Interner::default();
        let words: Vec<String> = (0..1000).map(|index| format!("word {index}")).collect();
        for round in 0..2 {
            for (index, word) in words.iter().enumerate() {
                assert_eq!(texts.number(word), index, "round {round}");
            }
        }
        assert_eq!(texts.number(""), 1000);
        assert_eq!(texts.len(), 1001);
        assert!(texts.iter().take(1000).eq(words.iter().map(String::as_str)));
        texts.clear();
        assert_eq!(texts.number("word 7"), 0);
    }
}
