//! How many columns of a terminal a text takes, and lines that fit into so many.

/// The columns that a character takes.
fn columns(character: char) -> usize {
    match u32::from(character) {
        0..=0x1f | 0x7f..=0x9f => 0,
        // Marks that stand over or under the letter before them, and joiners.
        0x300..=0x36f | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f => 0,
        0x200b..=0x200f | 0x2060 | 0xfeff => 0,
        // Wide forms of East Asian scripts, and emoji.
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f => 2,
        0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The text with spaces after it up to a width.
pub(crate) fn left(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// The text with spaces before it up to a width.
pub(crate) fn right(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
}

/// The text in lines of at most so many columns, broken at spaces, and inside words only where a word is longer.
pub(crate) fn wrap(text: &str, to: usize) -> Vec<String> {
    let to = to.max(1);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.len() - 1;
        let used = width(&lines[line]);
        if used > 0 && used + 1 + width(word) <= to {
            lines[line].push(' ');
            lines[line].push_str(word);
            continue;
        }
        if used > 0 {
            lines.push(String::new());
        }
        for character in word.chars() {
            let line = lines.len() - 1;
            if width(&lines[line]) + columns(character) > to {
                lines.push(String::new());
            }
            let line = lines.len() - 1;
            lines[line].push(character);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{width, wrap};

    #[test]
    fn vietnamese_letters_take_one_column_composed_or_not() {
        assert_eq!(width("Tỷ lệ nhấp (CTR)"), 16);
        assert_eq!(width("ty\u{309} le\u{323}\u{302}"), 5);
        assert_eq!(width("日本"), 4);
        assert_eq!(width("▁▂█"), 3);
    }

    #[test]
    fn lines_fit_and_lose_nothing() {
        assert_eq!(wrap("Chi phí trên mỗi lead", 9), ["Chi phí", "trên mỗi", "lead"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 5), [""]);
    }
}
