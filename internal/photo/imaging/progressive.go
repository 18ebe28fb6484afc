package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
)

// progressive returns a JPEG file of image/jpeg, which is baseline, as a progressive one with
// the same pixels. Browsers show a progressive file from its first scan on, and it is smaller,
// since each scan has the Huffman code that suits it best. Scans select frequencies; they do not
// split the bits of a coefficient.
func progressive(file []byte) ([]byte, error) {
	f, err := readBaseline(file)
	if err != nil {
		return nil, err
	}
	out := append([]byte{0xff, 0xd8}, f.segments...)
	out = append(out, f.dcScan()...)
	luma := &f.components[0]
	out = append(out, luma.acScan(1, 5)...)
	for i := range f.components[1:] {
		out = append(out, f.components[1+i].acScan(1, 63)...)
	}
	out = append(out, luma.acScan(6, 63)...)
	return append(out, 0xff, jpegEOI), nil
}

// jpegFrame is the coefficients of an image.
type jpegFrame struct {
	segments      []byte // quantization tables and the header of a progressive frame
	components    []jpegComponent
	rows, columns int // of units: the blocks of all components that cover the same pixels
}

// jpegComponent is a channel of an image.
type jpegComponent struct {
	id, table  byte // the table is 0 for luma and 1 for chroma
	h, v       int  // blocks in a unit
	wide, high int  // blocks that the image covers; units may have more
	stride     int  // blocks in a row of blocks
	blocks     []jpegBlock
}

// jpegBlock is the coefficients of 8 × 8 samples, in zigzag order.
type jpegBlock [64]int16

var errBaseline = errors.New("not a JPEG file of image/jpeg")

// readBaseline reads a file of image/jpeg.
func readBaseline(file []byte) (*jpegFrame, error) {
	f := &jpegFrame{}
	var codes [2][2]huffmanDecoder // by AC, table
	rest := file[min(2, len(file)):]
	for {
		if len(rest) < 4 || rest[0] != 0xff || len(rest) < 2+int(binary.BigEndian.Uint16(rest[2:])) {
			return nil, errBaseline
		}
		marker, segment := rest[1], rest[:2+int(binary.BigEndian.Uint16(rest[2:]))]
		rest = rest[len(segment):]
		switch marker {
		case jpegSOF0:
			header := bytes.Clone(segment)
			header[1] = jpegSOF2
			f.segments = append(f.segments, header...)
			f.size(segment[4:])
		case jpegDHT:
			for data := segment[4:]; len(data) >= 17; {
				data = data[codes[data[0]>>4&1][data[0]&1].read(data):]
			}
		case jpegSOS:
			if len(f.components) == 0 {
				return nil, errBaseline
			}
			// Bytes 0xff of coded data are followed by 0.
			in := bitReader{data: append(bytes.ReplaceAll(rest, []byte{0xff, 0}, []byte{0xff}), 0, 0, 0, 0)}
			return f, f.decode(&in, &codes)
		default:
			f.segments = append(f.segments, segment...)
		}
	}
}

// size reads a frame header.
func (f *jpegFrame) size(header []byte) {
	height, width := int(binary.BigEndian.Uint16(header[1:])), int(binary.BigEndian.Uint16(header[3:]))
	f.components = make([]jpegComponent, header[5])
	mostH, mostV := 1, 1
	for i := range f.components {
		c := &f.components[i]
		c.id, c.h, c.v, c.table = header[6+3*i], int(header[7+3*i]>>4), int(header[7+3*i]&15), header[8+3*i]
		mostH, mostV = max(mostH, c.h), max(mostV, c.v)
	}
	round := func(n, by int) int { return (n + by - 1) / by }
	f.columns, f.rows = round(width, 8*mostH), round(height, 8*mostV)
	for i := range f.components {
		c := &f.components[i]
		c.wide, c.high = round(round(width*c.h, mostH), 8), round(round(height*c.v, mostV), 8)
		c.stride = f.columns * c.h
		c.blocks = make([]jpegBlock, c.stride*f.rows*c.v)
	}
}

// each calls a function for all blocks in the order of an interleaved scan.
func (f *jpegFrame) each(do func(component int, b *jpegBlock)) {
	for row := range f.rows {
		for column := range f.columns {
			for i := range f.components {
				c := &f.components[i]
				for at := range c.h * c.v {
					do(i, &c.blocks[(row*c.v+at/c.h)*c.stride+column*c.h+at%c.h])
				}
			}
		}
	}
}

// decode reads the coefficients of all blocks.
func (f *jpegFrame) decode(in *bitReader, codes *[2][2]huffmanDecoder) error {
	var previous [4]int16
	f.each(func(component int, b *jpegBlock) {
		table := f.components[component].table & 1
		previous[component] += in.value(in.symbol(&codes[0][table]))
		b[0] = previous[component]
		for at := 1; at < 64; at++ {
			symbol := in.symbol(&codes[1][table])
			run, size := int(symbol>>4), symbol&15
			if size == 0 && run < 15 {
				break
			}
			if at += run; at < 64 {
				b[at] = in.value(size)
			}
		}
	})
	if in.at > len(in.data) {
		return errBaseline
	}
	return nil
}

// huffmanDecoder has the symbol of each beginning of 16 bits, and the length of its code.
type huffmanDecoder [1 << 16]struct{ symbol, length byte }

// read reads a table of a DHT segment, and returns its length.
func (d *huffmanDecoder) read(data []byte) int {
	symbols, next := data[17:], 0
	for i, count := range data[1:17] {
		for range count {
			if len(symbols) == 0 {
				return len(data)
			}
			end := min(next+1<<(15-i), len(d))
			for at := next; at < end; at++ {
				d[at].symbol, d[at].length = symbols[0], byte(i+1)
			}
			next, symbols = end, symbols[1:]
		}
	}
	return len(data) - len(symbols)
}

// bitReader reads bits, the highest of a byte first.
type bitReader struct {
	data   []byte
	at     int // of the next byte
	buffer uint64
	count  int // bits in the buffer
}

func (r *bitReader) peek(n int) int {
	for r.count < n {
		r.buffer <<= 8
		if r.at < len(r.data) {
			r.buffer |= uint64(r.data[r.at])
		}
		r.at++
		r.count += 8
	}
	return int(r.buffer >> (r.count - n) & (1<<n - 1))
}

func (r *bitReader) symbol(d *huffmanDecoder) byte {
	entry := d[r.peek(16)]
	r.count -= int(entry.length)
	return entry.symbol
}

// value reads a coefficient of a size in bits.
func (r *bitReader) value(size byte) int16 {
	if size == 0 || size > 15 {
		return 0
	}
	v := r.peek(int(size))
	r.count -= int(size)
	if v < 1<<(size-1) {
		v -= 1<<size - 1
	}
	return int16(v)
}

// jpegScan counts the symbols of a scan, and then codes them.
type jpegScan struct {
	frequencies [2][257]int // by table
	codes       [2][256]huffmanCode
	out         []byte // nil while symbols are counted
	buffer      uint64
	count       int // bits in the buffer
}

// encodeScan returns the segments of the tables, of class 0 for DC and 1 for AC, and of the scan
// that write writes. It calls write twice.
func encodeScan(class byte, header []byte, write func(s *jpegScan)) []byte {
	s := &jpegScan{}
	write(s)
	s.begin(class, header)
	write(s)
	s.emit(0x7f, 7) // fills the last byte
	return s.out
}

// begin makes the codes.
func (s *jpegScan) begin(class byte, header []byte) {
	for table := range s.codes {
		lengths, symbols := huffmanTable(&s.frequencies[table])
		if len(symbols) == 0 {
			continue
		}
		s.out = appendSegment(s.out, jpegDHT, append(append([]byte{class<<4 | byte(table)}, lengths[1:]...), symbols...))
		next := uint32(0)
		for length := 1; length <= 16; length++ {
			for range lengths[length] {
				s.codes[table][symbols[0]] = huffmanCode{next, byte(length)}
				next, symbols = next+1, symbols[1:]
			}
			next <<= 1
		}
	}
	s.out = appendSegment(s.out, jpegSOS, header)
}

// add adds a symbol, and the lowest size of some bits.
func (s *jpegScan) add(table, symbol, size byte, bits uint16) {
	if s.out == nil {
		s.frequencies[table][symbol]++
		return
	}
	code := s.codes[table][symbol]
	s.emit(code.code, code.length)
	s.emit(uint32(bits)&(1<<size-1), size)
}

// addValue adds a symbol of a run of zeros and the size of a coefficient, and the coefficient.
func (s *jpegScan) addValue(table, run byte, v int16) {
	size, low := bits.Len16(uint16(max(v, -v))), v
	if v < 0 {
		low--
	}
	s.add(table, run<<4|byte(size), byte(size), uint16(low))
}

func (s *jpegScan) emit(bits uint32, n byte) {
	s.buffer, s.count = s.buffer<<n|uint64(bits), s.count+int(n)
	for ; s.count >= 8; s.count -= 8 {
		b := byte(s.buffer >> (s.count - 8))
		if s.out = append(s.out, b); b == 0xff {
			s.out = append(s.out, 0)
		}
	}
}

// dcScan returns the scan of the lowest frequency of all components.
func (f *jpegFrame) dcScan() []byte {
	header := []byte{byte(len(f.components))}
	for _, c := range f.components {
		header = append(header, c.id, c.table&1<<4)
	}
	return encodeScan(0, append(header, 0, 0, 0), func(s *jpegScan) {
		var previous [4]int16
		f.each(func(component int, b *jpegBlock) {
			s.addValue(f.components[component].table&1, 0, b[0]-previous[component])
			previous[component] = b[0]
		})
	})
}

// acScan returns the scan of the frequencies from first to last of a component.
func (c *jpegComponent) acScan(first, last int) []byte {
	return encodeScan(1, []byte{1, c.id, 0, byte(first), byte(last), 0}, func(s *jpegScan) {
		empty := 0 // blocks in a row, from the last coefficient that is not zero
		for y := range c.high {
			for x := range c.wide {
				empty = s.addBlock(c.blocks[y*c.stride+x][first:last+1], empty)
			}
		}
		s.addEmpty(empty)
	})
}

// addBlock adds coefficients of a block that follows some empty blocks, and returns how many
// blocks are empty now.
func (s *jpegScan) addBlock(coefficients []int16, empty int) int {
	run := byte(0)
	for _, v := range coefficients {
		if v == 0 {
			run++
			continue
		}
		s.addEmpty(empty)
		for empty = 0; run > 15; run -= 16 {
			s.add(0, 0xf0, 0, 0)
		}
		s.addValue(0, run, v)
		run = 0
	}
	if run == 0 {
		return empty
	}
	if empty++; empty == 0x7fff {
		s.addEmpty(empty)
		return 0
	}
	return empty
}

// addEmpty adds a symbol for blocks without further coefficients.
func (s *jpegScan) addEmpty(blocks int) {
	if blocks > 0 {
		size := bits.Len(uint(blocks)) - 1
		s.add(0, byte(size<<4), byte(size), uint16(blocks))
	}
}

type huffmanCode struct {
	code   uint32
	length byte
}

func appendSegment(out []byte, marker byte, data []byte) []byte {
	out = append(out, 0xff, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(data)+2))
	return append(out, data...)
}

// huffmanTable returns how many symbols have a code of each length, and the symbols by length,
// as in section K.2 of the JPEG specification. It changes the frequencies.
func huffmanTable(frequencies *[257]int) (lengths [17]byte, symbols []byte) {
	var length, other [257]int
	for i := range other {
		other[i] = -1
	}
	frequencies[256] = 1 // no symbol has a code of ones only
	for {
		a, b := -1, -1 // the rarest
		for i, f := range frequencies {
			switch {
			case f == 0:
			case a < 0 || f <= frequencies[a]:
				a, b = i, a
			case b < 0 || f <= frequencies[b]:
				b = i
			}
		}
		if b < 0 {
			break
		}
		frequencies[a], frequencies[b] = frequencies[a]+frequencies[b], 0
		end := a
		for at := a; at >= 0; at = other[at] {
			length[at]++
			end = at
		}
		other[end] = b
		for at := b; at >= 0; at = other[at] {
			length[at]++
		}
	}
	var counts [258]int
	for _, n := range length {
		counts[n]++
	}
	for i := len(counts) - 1; i > 16; i-- { // codes have at most 16 bits
		for counts[i] > 0 {
			j := i - 2
			for counts[j] == 0 {
				j--
			}
			counts[i] -= 2
			counts[i-1]++
			counts[j+1] += 2
			counts[j]--
		}
	}
	longest := 16
	for longest > 0 && counts[longest] == 0 {
		longest--
	}
	if longest > 0 {
		counts[longest]-- // the symbol 256
	}
	for i := 1; i <= 16; i++ {
		lengths[i] = byte(counts[i])
	}
	for n := 1; n < len(counts); n++ {
		for symbol := range 256 {
			if length[symbol] == n {
				symbols = append(symbols, byte(symbol))
			}
		}
	}
	return lengths, symbols
}
