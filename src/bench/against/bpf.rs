//! An assembler for the instructions of the kernel's virtual machine (RFC 9669), as far as a
//! demultiplexer needs them.

/// A register. R0 holds results, R1 to R5 arguments, R6 to R9 survive calls, R10 is the frame pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reg(pub u8);

pub(super) const R0: Reg = Reg(0);
pub(super) const R1: Reg = Reg(1);
pub(super) const R2: Reg = Reg(2);
pub(super) const R3: Reg = Reg(3);
pub(super) const R4: Reg = Reg(4);
pub(super) const R5: Reg = Reg(5);
pub(super) const R6: Reg = Reg(6);
pub(super) const R7: Reg = Reg(7);
pub(super) const R8: Reg = Reg(8);
pub(super) const R10: Reg = Reg(10);

/// How much a load or store moves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Size {
    /// 16 bits.
    Half,
    /// 32 bits.
    Word,
    /// 64 bits.
    Double,
}

impl Size {
    const fn bits(self) -> u8 {
        match self {
            Self::Word => 0x00,
            Self::Half => 0x08,
            Self::Double => 0x18,
        }
    }
}

/// Arithmetic on 64 bits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    /// Add.
    Add = 0x00,
    /// Subtract.
    Sub = 0x10,
    /// Bits of one or the other.
    Or = 0x40,
    /// Bits of both.
    And = 0x50,
    /// Copy.
    Mov = 0xb0,
}

/// What a jump tests.
#[derive(Debug, Clone, Copy)]
pub(super) enum If {
    /// Equal.
    Equal = 0x10,
    /// Greater, unsigned.
    Greater = 0x20,
    /// Not equal.
    NotEqual = 0x50,
}

/// `bpf_map_lookup_elem`.
pub(super) const LOOKUP: i32 = 1;

/// A place that jumps name before it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label(pub &'static str);

/// A program under construction.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    code: Vec<u64>,
    jumps: Vec<(usize, Label)>,
    labels: Vec<(Label, usize)>,
}

/// One instruction, as 64 bits in this machine's order.
fn encode(opcode: u8, dst: Reg, src: Reg, off: i16, imm: i32) -> u64 {
    let registers = if cfg!(target_endian = "little") {
        src.0 << 4 | dst.0
    } else {
        dst.0 << 4 | src.0
    };
    let (off, imm) = (off.to_ne_bytes(), imm.to_ne_bytes());
    u64::from_ne_bytes([opcode, registers, off[0], off[1], imm[0], imm[1], imm[2], imm[3]])
}

impl Assembler {
    fn emit(&mut self, opcode: u8, dst: Reg, src: Reg, off: i16, imm: i32) -> &mut Self {
        self.code.push(encode(opcode, dst, src, off, imm));
        self
    }
    /// `dst = dst op src`
    pub(super) fn reg(&mut self, op: Op, dst: Reg, src: Reg) -> &mut Self {
        self.emit(0x0f | op as u8, dst, src, 0, 0)
    }
    /// `dst = dst op imm`
    pub(super) fn imm(&mut self, op: Op, dst: Reg, imm: i32) -> &mut Self {
        self.emit(0x07 | op as u8, dst, R0, 0, imm)
    }
    /// The low 16 bits of `dst` between this machine's order and the network's; the rest becomes zero.
    pub(super) fn network16(&mut self, dst: Reg) -> &mut Self {
        self.emit(0xdc, dst, R0, 0, 16)
    }
    /// `dst = *(src + off)`
    pub(super) fn load(&mut self, size: Size, dst: Reg, src: Reg, off: i16) -> &mut Self {
        self.emit(0x61 | size.bits(), dst, src, off, 0)
    }
    /// `*(dst + off) = src`
    pub(super) fn store(&mut self, size: Size, dst: Reg, off: i16, src: Reg) -> &mut Self {
        self.emit(0x63 | size.bits(), dst, src, off, 0)
    }
    /// `*(dst + off) = imm`, 32 bits.
    pub(super) fn store_imm(&mut self, dst: Reg, off: i16, imm: i32) -> &mut Self {
        self.emit(0x62, dst, R0, off, imm)
    }
    /// `dst` is the map with this descriptor.
    pub(super) fn map(&mut self, dst: Reg, descriptor: u32) -> &mut Self {
        self.emit(0x18, dst, R1, 0, descriptor.cast_signed())
            .emit(0, R0, R0, 0, 0)
    }
    /// To `label` if `dst` compares so with an immediate value.
    pub(super) fn jump(&mut self, test: If, dst: Reg, imm: i32, label: Label) -> &mut Self {
        self.jumps.push((self.code.len(), label));
        self.emit(0x05 | test as u8, dst, R0, 0, imm)
    }
    /// To `label` if `dst` compares so with `src`.
    pub(super) fn jump_reg(&mut self, test: If, dst: Reg, src: Reg, label: Label) -> &mut Self {
        self.jumps.push((self.code.len(), label));
        self.emit(0x0d | test as u8, dst, src, 0, 0)
    }
    /// This is the place that jumps to `label` mean.
    pub(super) fn label(&mut self, label: Label) -> &mut Self {
        self.labels.push((label, self.code.len()));
        self
    }
    /// One of the kernel's functions.
    pub(super) fn call(&mut self, function: i32) -> &mut Self {
        self.emit(0x85, R0, R0, 0, function)
    }
    /// Returns R0.
    pub(super) fn exit(&mut self) -> &mut Self {
        self.emit(0x95, R0, R0, 0, 0)
    }
    /// The instructions, with every jump resolved.
    pub(super) fn finish(&self) -> Result<Vec<u64>, String> {
        let mut code = self.code.clone();
        for &(at, label) in &self.jumps {
            let place = self.labels.iter().find(|(l, _)| *l == label).map(|&(_, place)| place);
            let place = place.ok_or_else(|| format!("no label `{}`", label.0))?;
            let away = i16::try_from(place as i64 - at as i64 - 1).map_err(|_| format!("`{}` is too far", label.0))?;
            let mut octets = code[at].to_ne_bytes();
            octets[2..4].copy_from_slice(&away.to_ne_bytes());
            code[at] = u64::from_ne_bytes(octets);
        }
        Ok(code)
    }
}

#[cfg(test)]
#[cfg(target_endian = "little")]
mod tests {
    use super::*;

    fn octets(assembler: &Assembler) -> Vec<[u8; 8]> {
        let code = assembler.finish().expect("all labels are there");
        code.into_iter().map(u64::to_le_bytes).collect()
    }

    #[test]
    fn instructions_have_the_encoding_of_the_rfc() {
        // As clang and llvm-objdump show them.
        let mut a = Assembler::default();
        a.imm(Op::Mov, R0, 3)
            .reg(Op::Mov, R6, R1)
            .imm(Op::And, R5, 0xfff)
            .reg(Op::Add, R3, R4)
            .network16(R7)
            .load(Size::Half, R5, R2, 12)
            .load(Size::Word, R2, R1, 4)
            .load(Size::Double, R1, R0, 8)
            .store(Size::Double, R0, 8, R1)
            .store(Size::Word, R10, -4, R5)
            .store_imm(R10, -4, 4096)
            .map(R1, 5)
            .call(LOOKUP)
            .exit();
        let expected: [[u8; 8]; 15] = [
            [0xb7, 0x00, 0, 0, 3, 0, 0, 0],
            [0xbf, 0x16, 0, 0, 0, 0, 0, 0],
            [0x57, 0x05, 0, 0, 0xff, 0x0f, 0, 0],
            [0x0f, 0x43, 0, 0, 0, 0, 0, 0],
            [0xdc, 0x07, 0, 0, 16, 0, 0, 0],
            [0x69, 0x25, 12, 0, 0, 0, 0, 0],
            [0x61, 0x12, 4, 0, 0, 0, 0, 0],
            [0x79, 0x01, 8, 0, 0, 0, 0, 0],
            [0x7b, 0x10, 8, 0, 0, 0, 0, 0],
            [0x63, 0x5a, 0xfc, 0xff, 0, 0, 0, 0],
            [0x62, 0x0a, 0xfc, 0xff, 0, 0x10, 0, 0],
            [0x18, 0x11, 0, 0, 5, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0],
            [0x85, 0, 0, 0, 1, 0, 0, 0],
            [0x95, 0, 0, 0, 0, 0, 0, 0],
        ];
        assert_eq!(octets(&a), expected);
    }

    #[test]
    fn jumps_count_from_the_next_instruction_both_ways() {
        let (back, on) = (Label("back"), Label("on"));
        let mut a = Assembler::default();
        a.label(back)
            .jump(If::Equal, R0, 0, on)
            .map(R1, 1)
            .jump_reg(If::Greater, R4, R3, back)
            .label(on)
            .jump(If::NotEqual, R0, 0, back)
            .jump(If::NotEqual, R5, 7, on);
        let octets = octets(&a);
        assert_eq!(octets[0], [0x15, 0, 3, 0, 0, 0, 0, 0]);
        assert_eq!(octets[3], [0x2d, 0x34, 0xfc, 0xff, 0, 0, 0, 0]);
        assert_eq!(octets[4], [0x55, 0, 0xfb, 0xff, 0, 0, 0, 0]);
        assert_eq!(octets[5], [0x55, 0x05, 0xfe, 0xff, 7, 0, 0, 0]);
    }

    #[test]
    fn a_jump_to_nowhere_is_an_error() {
        let mut a = Assembler::default();
        a.jump(If::Equal, R0, 0, Label("gone"));
        assert_eq!(a.finish(), Err("no label `gone`".to_owned()));
    }
}
