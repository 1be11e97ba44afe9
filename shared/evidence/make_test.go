package evidence

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
)

// jpegSpec is a JPEG that takes as few bytes as its pixels can take: one bit
// for each block of a scan.
type jpegSpec struct {
	width, height int
	sampling      []byte // of each component, such as 0x22 0x11 0x11
	progressive   bool
	scans         int // 0 for one
	adobe         bool
	pixels        [2]int // if set, what the data are for, whatever the header says
}

func (s jpegSpec) file() []byte {
	var b bytes.Buffer
	segment := func(marker byte, body ...byte) {
		b.Write([]byte{0xff, marker})
		_ = binary.Write(&b, binary.BigEndian, uint16(len(body)+2))
		b.Write(body)
	}
	b.Write([]byte{0xff, 0xd8})
	if s.adobe {
		segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00")...)
	}
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	n := byte(len(s.sampling))
	header := []byte{8, byte(s.height >> 8), byte(s.height), byte(s.width >> 8), byte(s.width), n}
	order := []byte{n}
	for i, hv := range s.sampling {
		header = append(header, byte(i+1), hv, 0)
		order = append(order, byte(i+1), 0)
	}
	sof, order := byte(0xc0), append(order, 0, 63, 0)
	if s.progressive {
		sof, order[len(order)-2] = 0xc2, 0 // the mean of each block, and nothing else
	}
	segment(sof, header...)
	// One code of one bit, 0, for "no difference" and for "end of block".
	for _, class := range []byte{0x00, 0x10} {
		segment(0xc4, append([]byte{class, 1}, make([]byte, 16)...)...)
	}
	width, height := s.width, s.height
	if s.pixels[0] > 0 {
		width, height = s.pixels[0], s.pixels[1]
	}
	h0, v0 := int(s.sampling[0]>>4), int(s.sampling[0]&15)
	bits := 0
	for _, hv := range s.sampling {
		bits += ((width + 8*h0 - 1) / (8 * h0)) * ((height + 8*v0 - 1) / (8 * v0)) * int(hv>>4) * int(hv&15)
	}
	if !s.progressive {
		bits *= 2
	}
	for range max(1, s.scans) {
		segment(0xda, order...)
		b.Write(make([]byte, bits/8+1))
	}
	b.Write([]byte{0xff, 0xd9})
	return b.Bytes()
}

// pngFile is a black PNG: depth, colours and interlacing as in its header.
func pngFile(width, height int, depth, colours, interlaced byte, chunks ...string) []byte {
	samples := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colours]
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	write := func(w, h int) {
		row := make([]byte, 1+(w*samples*int(depth)+7)/8)
		for range h {
			_, _ = z.Write(row)
		}
	}
	if interlaced == 0 {
		write(width, height)
	} else {
		for _, p := range [][4]int{{8, 0, 8, 0}, {8, 4, 8, 0}, {4, 0, 8, 4}, {4, 2, 4, 0}, {2, 0, 4, 2}, {2, 1, 2, 0}, {1, 0, 2, 1}} {
			if w, h := (width-p[1]+p[0]-1)/p[0], (height-p[3]+p[2]-1)/p[2]; w > 0 && h > 0 {
				write(w, h)
			}
		}
	}
	_ = z.Close()
	header := binary.BigEndian.AppendUint32(nil, uint32(width))
	header = binary.BigEndian.AppendUint32(header, uint32(height))
	all := []string{"IHDR" + string(append(header, depth, colours, 0, 0, interlaced))}
	if colours == 3 {
		all = append(all, "PLTE\x00\x00\x00")
	}
	all = append(append(all, chunks...), "IDAT"+packed.String(), "IEND")
	return pngChunks(all...)
}

func pngChunks(chunks ...string) []byte {
	out := []byte(pngSignature)
	for _, c := range chunks {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c)-4))
		out = append(out, c...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(c)))
	}
	return out
}

// webpFile wraps chunks, each its name and its body.
func webpFile(chunks ...string) []byte {
	var body bytes.Buffer
	body.WriteString("WEBP")
	for _, c := range chunks {
		body.WriteString(c[:4])
		_ = binary.Write(&body, binary.LittleEndian, uint32(len(c)-4))
		body.WriteString(c[4:])
		if len(c)%2 == 1 {
			body.WriteByte(0)
		}
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(body.Len())), body.Bytes()...)
}

// vp8 is a lossy frame whose data are zeros.
func vp8(width, height, first, rest int) string {
	var b bytes.Buffer
	size := uint32(first)<<5 | 1<<4 // a key frame that is shown
	b.Write([]byte{byte(size), byte(size >> 8), byte(size >> 16), 0x9d, 1, 0x2a})
	_ = binary.Write(&b, binary.LittleEndian, []uint16{uint16(width), uint16(height)})
	b.Write(make([]byte, first+rest))
	return "VP8 " + b.String()
}

// exif says how the camera was held, and whatever else is given.
func exif(order binary.ByteOrder, orientation uint16, more string) string {
	b := []byte("MM\x00*")
	if order == binary.LittleEndian {
		b = []byte("II*\x00")
	}
	put16, put32 := func(v uint16) { b = append(b, 0, 0); order.PutUint16(b[len(b)-2:], v) }, func(v uint32) { b = append(b, 0, 0, 0, 0); order.PutUint32(b[len(b)-4:], v) }
	put32(8)
	put16(2)
	put16(0x010e) // a description, which comes first
	put16(2)
	put32(uint32(len(more)))
	put32(38)
	put16(0x0112)
	put16(3)
	put32(1)
	put16(orientation)
	put16(0)
	put32(0)
	return string(b) + more
}

// photo is a picture with a red corner at the top left, a green one at the top
// right, a blue one at the bottom left, and a white one.
func photo(w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 255, 255, 255}
			switch {
			case x < w/2 && y < h/2:
				c = color.RGBA{255, 0, 0, 255}
			case y < h/2:
				c = color.RGBA{0, 160, 0, 255}
			case x < w/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// withSegments puts segments behind the beginning of a JPEG.
func withSegments(file []byte, segments ...string) []byte {
	out := bytes.Clone(file[:2])
	for _, s := range segments {
		out = append(out, 0xff, s[0])
		out = binary.BigEndian.AppendUint16(out, uint16(len(s)+1))
		out = append(out, s[1:]...)
	}
	return append(out, file[2:]...)
}

// pdfFile is a PDF of one page that holds some objects besides.
func pdfFile(objects ...string) []byte {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	all := append([]string{
		"<< /Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /XYZ null null 0] >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
		stream("/Filter /FlateDecode", deflated("BT /F1 12 Tf (BAST) Tj ET")),
	}, objects...)
	for i, o := range all {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n0\n%%%%EOF\n", len(all)+1)
	return []byte(b.String())
}

func stream(dict, body string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(body), body)
}

func deflated(text string) string {
	var b bytes.Buffer
	z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}
