//! Variable-length integers and the canonical bytes of a cell.

use kpi_core::{Cell, Error, ErrorKind, Result, Value, ValueState};
use rust_decimal::Decimal;

const NOTHING: u8 = 0;
/// Tags from here hold the scale of a number whose mantissa fits 64 bits: a zigzag varint follows.
const SHORT: u8 = 0x10;
/// Tags from here hold the scale of a number with a longer mantissa: 16 bytes, little-endian, follow.
const LONG: u8 = 0x40;
/// Decimals have at most 28 digits behind the point.
const MAX_SCALE: u8 = 28;

const STATES: [ValueState; 5] =
    [ValueState::Missing, ValueState::Withheld, ValueState::Unsupported, ValueState::Withdrawn, ValueState::NotYet];

/// Appends a number, seven bits a byte.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = number.to_le_bytes()[0] & 0x7f;
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// Appends a text with its length.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Appends a cell: equal values are equal bytes, however many zeros end them.
///
/// # Errors
/// `Contract` when a cell is absent for the reason that it has a value.
pub(crate) fn put_cell(out: &mut Vec<u8>, cell: &Cell) -> Result<()> {
    match cell {
        None => out.push(NOTHING),
        Some(Value::Absent(state)) => {
            let tag = (1..).zip(STATES).find_map(|(tag, known)| (known == *state).then_some(tag));
            out.push(tag.ok_or_else(|| Error::new(ErrorKind::Contract, "a cell without a value says it has one"))?);
        }
        Some(Value::Known(number)) => put_number(out, number.normalize()),
    }
    Ok(())
}

fn put_number(out: &mut Vec<u8>, number: Decimal) {
    let scale = u8::try_from(number.scale()).unwrap_or(MAX_SCALE);
    let mantissa = number.mantissa();
    match i64::try_from(mantissa) {
        Ok(short) => {
            out.push(SHORT + scale);
            put_varint(out, (short.cast_unsigned() << 1) ^ (short >> 63).cast_unsigned());
        }
        Err(_) => {
            out.push(LONG + scale);
            out.extend_from_slice(&mantissa.to_le_bytes());
        }
    }
}

/// Reads what the functions above wrote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).ok_or_else(damaged)?;
        self.at += 1;
        Ok(byte)
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(length).ok_or_else(damaged)?;
        let taken = self.bytes.get(self.at..end).ok_or_else(damaged)?;
        self.at = end;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| damaged())
    }

    pub(crate) fn varint(&mut self) -> Result<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(damaged())
    }

    pub(crate) fn size(&mut self) -> Result<usize> {
        usize::try_from(self.varint()?).map_err(|_| damaged())
    }

    pub(crate) fn text(&mut self) -> Result<&'a str> {
        let length = self.size()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| damaged())
    }

    pub(crate) fn cell(&mut self) -> Result<Cell> {
        let tag = self.byte()?;
        if tag >= LONG {
            return number(i128::from_le_bytes(self.array()?), tag - LONG);
        }
        if tag >= SHORT {
            let zigzag = self.varint()?;
            let mantissa = (zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed());
            return number(i128::from(mantissa), tag - SHORT);
        }
        match tag.checked_sub(1) {
            None => Ok(None),
            Some(index) => {
                let state = STATES.get(usize::from(index)).ok_or_else(damaged)?;
                Ok(Some(Value::Absent(*state)))
            }
        }
    }
}

fn number(mantissa: i128, scale: u8) -> Result<Cell> {
    let number = Decimal::try_from_i128_with_scale(mantissa, u32::from(scale)).map_err(|_| damaged())?;
    Ok(Some(Value::Known(number)))
}

/// The error for bytes that the store cannot have written.
pub(crate) fn damaged() -> Error {
    Error::new(ErrorKind::Internal, "the store is damaged: a block of figures cannot be read")
        .hint("restore the store from a backup, or move it away and collect again; nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::{Cursor, put_cell, put_varint};
    use kpi_core::{Decimal, Value, ValueState};

    #[test]
    fn integers_and_cells_come_back() {
        for number in [0, 1, 127, 128, 16_383, 16_384, u64::MAX] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, number);
            assert_eq!(Cursor::new(&bytes).varint().unwrap(), number);
        }
        for text in ["0", "-1", "0.5", "-12.34", "9223372036854775807", "-9223372036854775808", "9223372036854775808"] {
            let cell = Some(Value::Known(text.parse::<Decimal>().unwrap()));
            let mut bytes = Vec::new();
            put_cell(&mut bytes, &cell).unwrap();
            assert_eq!(Cursor::new(&bytes).cell().unwrap(), cell);
        }
        for cell in [None, Some(Value::Absent(ValueState::Missing)), Some(Value::Absent(ValueState::NotYet))] {
            let mut bytes = Vec::new();
            put_cell(&mut bytes, &cell).unwrap();
            assert_eq!(Cursor::new(&bytes).cell().unwrap(), cell);
        }
        assert!(put_cell(&mut Vec::new(), &Some(Value::Absent(ValueState::Value))).is_err());
    }

    #[test]
    fn equal_values_are_equal_bytes() {
        let bytes = |text: &str| {
            let mut bytes = Vec::new();
            put_cell(&mut bytes, &Some(Value::Known(text.parse().unwrap()))).unwrap();
            bytes
        };
        assert_eq!(bytes("1.50"), bytes("1.5"));
        assert_eq!(bytes("-0.00"), bytes("0"));
    }

    #[test]
    fn cut_bytes_are_an_error() {
        assert!(Cursor::new(&[0x80]).varint().is_err());
        assert!(Cursor::new(&[0x45, 1, 2]).cell().is_err());
        assert!(Cursor::new(&[5, b'a']).text().is_err());
    }
}
