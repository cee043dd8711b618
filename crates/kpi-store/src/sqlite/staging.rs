//! The answer to one request on its way in: rows are packed, hashed and noted by key, page by page.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use kpi_core::{Error, ErrorKind, Result, RowRef, Window};

use super::block::{Block, BlockBuilder, Head};
use super::keys::{KeyRecord, KeyRuns};
use super::marks::{Mark, MarkedBatch};
use super::shape::{Shape, ShapeColumn};
use crate::bytes::put_cell;
use crate::content::{FigureSum, KeyDigest, cut_digest};
use crate::{SliceRequest, Slicing};

/// The answer to one request, as far as it came.
#[derive(Debug)]
pub(super) struct Staging {
    pub(super) request: SliceRequest,
    pub(super) asked: Shape,
    pub(super) shapes: Vec<StagedShape>,
    pub(super) slices: BTreeMap<Window, SliceStage>,
    pub(super) keys: KeyRuns,
    /// Full blocks that are not stored yet.
    pub(super) sealed: Vec<SealedBlock>,
    columns: HashMap<ShapeColumn, usize>,
    /// An empty builder, with the memory that it has already.
    spare: Option<BlockBuilder>,
}

/// One slice of the answer.
#[derive(Debug, Default)]
pub(super) struct SliceStage {
    builders: Vec<(usize, BlockBuilder)>,
    pub(super) sum: FigureSum,
    pub(super) rows: u64,
    pub(super) span: Option<(Date, Date)>,
    /// The uncommitted revision, once a block of it is stored.
    pub(super) revision: Option<i64>,
}

/// A full block, with its slice and the place of its shape.
#[derive(Debug)]
pub(super) struct SealedBlock {
    pub(super) slice: Window,
    pub(super) shape: usize,
    pub(super) block: Block,
}

/// A shape that rows of the answer have.
#[derive(Debug)]
pub(super) struct StagedShape {
    pub(super) shape: Shape,
    /// The number under which it is stored, once it is.
    pub(super) number: Option<i64>,
    pub(super) cut: [u8; 32],
    pub(super) columns: Vec<StagedColumn>,
}

/// A column of a staged shape.
#[derive(Clone, Debug)]
pub(super) struct StagedColumn {
    pub(super) digest: [u8; 32],
    /// Its number among all columns of the answer.
    pub(super) number: usize,
    pub(super) money: bool,
}

impl Staging {
    pub(super) fn new(request: SliceRequest) -> Self {
        let asked = Shape::asked(&request.columns, &request.dimensions);
        let mut slices = BTreeMap::new();
        match request.slicing {
            Slicing::Whole => slices.extend([(request.window, SliceStage::default())]),
            Slicing::Days => {
                slices.extend(request.window.iter_days().map(|day| (Window::day(day), SliceStage::default())));
            }
        }
        Self {
            request,
            asked,
            shapes: Vec::new(),
            slices,
            keys: KeyRuns::default(),
            sealed: Vec::new(),
            columns: HashMap::new(),
            spare: None,
        }
    }

    /// Takes a page of rows in.
    ///
    /// # Errors
    /// `Contract` when the page does not fit the request.
    pub(super) fn take(&mut self, page: &MarkedBatch) -> Result<()> {
        let MarkedBatch { batch, order, marks } = page;
        let shape = self.place_of(&order.shape);
        let staged = &self.shapes[shape];
        let mut row_bytes = RowBytes::new(staged.columns.len());
        let mut labels: Vec<&str> = Vec::new();
        let mut sorted: Vec<&str> = Vec::new();
        for (row, mark) in batch.rows().zip(marks) {
            labels.clear();
            labels.extend(row.labels());
            sorted.clear();
            sorted.extend(order.dimension_order.iter().map(|place| labels[*place]));
            row_bytes.pack(staged, row, &order.column_order)?;
            if row_bytes.columns == 0 {
                continue;
            }
            let slice_window = match self.request.slicing {
                Slicing::Whole => self.request.window,
                Slicing::Days => row.window(),
            };
            let Some(slice) = self.slices.get_mut(&slice_window) else {
                return Err(outside(&self.request, row.window()));
            };
            self.keys.push(KeyRecord { key: key_hash(&mark.key), columns: row_bytes.columns });
            slice.note(mark, row.window());
            let place = slice.place_of(shape, staged.columns.len(), &mut self.spare);
            let (_, builder) = &mut slice.builders[place];
            let (account, currency, read_at) = (row.account(), row.currency(), row.read_at());
            let head = Head { window: row.window(), account, currency, read_at };
            builder.push(&head, &sorted, &row_bytes.cells, &row_bytes.present);
            if builder.is_full() {
                let (_, mut builder) = slice.builders.swap_remove(place);
                self.sealed.extend(builder.seal().map(|block| SealedBlock { slice: slice_window, shape, block }));
                self.spare = Some(builder);
            }
        }
        Ok(())
    }

    /// How much memory its unsealed blocks take.
    pub(super) fn buffered(&self) -> usize {
        self.slices.values().flat_map(|slice| &slice.builders).map(|(_, builder)| builder.memory()).sum()
    }

    /// Ends all blocks, full or not.
    pub(super) fn seal_all(&mut self) {
        for (window, slice) in &mut self.slices {
            for (shape, mut builder) in slice.builders.drain(..) {
                self.sealed.extend(builder.seal().map(|block| SealedBlock { slice: *window, shape, block }));
            }
        }
    }

    fn place_of(&mut self, shape: &Shape) -> usize {
        if let Some(place) = self.shapes.iter().position(|staged| staged.shape == *shape) {
            return place;
        }
        let mut columns = Vec::new();
        for column in &shape.columns {
            let next = self.columns.len();
            let number = *self.columns.entry(column.clone()).or_insert(next);
            columns.push(StagedColumn { digest: column.digest(), number, money: column.money });
        }
        let cut = cut_digest(shape.channel.as_deref(), &shape.dimensions);
        self.shapes.push(StagedShape { shape: shape.clone(), number: None, cut, columns });
        self.shapes.len() - 1
    }
}

impl SliceStage {
    /// Puts the figures of a row into the slice's sums.
    fn note(&mut self, mark: &Mark, window: Window) {
        self.sum.join(&mark.sum);
        let (first, last) = self.span.unwrap_or((window.first(), window.last()));
        self.span = Some((first.min(window.first()), last.max(window.last())));
        self.rows += 1;
    }

    /// Where the builder for a shape stands.
    fn place_of(&mut self, shape: usize, columns: usize, spare: &mut Option<BlockBuilder>) -> usize {
        match self.builders.iter().position(|(known, _)| *known == shape) {
            Some(place) => place,
            None => {
                self.builders.push((shape, spare.take().unwrap_or_default().for_columns(columns)));
                self.builders.len() - 1
            }
        }
    }
}

/// The cells of one row as bytes.
#[derive(Debug)]
pub(super) struct RowBytes {
    pub(super) cells: Vec<u8>,
    ends: Vec<usize>,
    /// For each column a bit: whether there is a cell.
    pub(super) present: Vec<u8>,
    /// The same by the columns' numbers in the answer; the last bit stands for all numbers beyond.
    columns: u64,
}

impl RowBytes {
    pub(super) fn new(columns: usize) -> Self {
        let present = vec![0; columns.div_ceil(8)];
        Self { cells: Vec::new(), ends: Vec::new(), present, columns: 0 }
    }

    fn pack(&mut self, staged: &StagedShape, row: RowRef<'_>, order: &[usize]) -> Result<()> {
        let cells = row.cells();
        self.pack_cells(order.iter().map(|place| &cells[*place]))?;
        self.columns = 0;
        for (index, column) in staged.columns.iter().enumerate() {
            if self.present[index / 8] & (1 << (index % 8)) != 0 {
                self.columns |= 1 << column.number.min(63);
            }
        }
        Ok(())
    }

    /// Packs cells in the order of the shape's columns.
    pub(super) fn pack_cells<'c>(&mut self, cells: impl Iterator<Item = &'c kpi_core::Cell>) -> Result<()> {
        self.cells.clear();
        self.ends.clear();
        self.present.fill(0);
        for (index, cell) in cells.enumerate() {
            put_cell(&mut self.cells, cell)?;
            self.ends.push(self.cells.len());
            if cell.is_some() {
                self.present[index / 8] |= 1 << (index % 8);
            }
        }
        Ok(())
    }

    /// The bytes of each cell that is there.
    pub(super) fn each_cell(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut start = 0;
        self.ends.iter().enumerate().map(move |(index, end)| {
            let bytes = &self.cells[start..*end];
            start = *end;
            (self.present[index / 8] & (1 << (index % 8)) != 0).then_some(bytes)
        })
    }
}

/// The part of a key's digest by which rows are compared first.
pub(super) fn key_hash(digest: &KeyDigest) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *digest;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

fn outside(request: &SliceRequest, window: Window) -> Error {
    Error::new(
        ErrorKind::Contract,
        format!("a row of {window} in the answer for the single days of {}", request.window),
    )
    .with("report", &request.report)
}
