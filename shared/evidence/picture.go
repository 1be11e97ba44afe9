package evidence

import (
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"ksbb/shared/aid"
)

var decoders = map[string]struct {
	size   func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	typeJPEG: {jpeg.DecodeConfig, jpeg.Decode},
	typePNG:  {png.DecodeConfig, png.Decode},
	typeWebP: {webp.DecodeConfig, webp.Decode},
}

// maxScans bounds how often a progressive JPEG draws itself over. Each scan
// costs a pass over all pixels and a dozen bytes of file; encoders write ten.
const maxScans = 32

// lookJPEG walks the markers of a JPEG up to its end.
func lookJPEG(file []byte) (picture, aid.EvidenceRefusal) {
	var p picture
	var f frame
	scans := 0
	for at := 2; ; {
		// Whatever stands before a marker is passed over, as decoders do;
		// after a scan that is its data.
		for at+1 < len(file) && (file[at] != 0xff || file[at+1] == 0xff || file[at+1] == 0 || isRestart(file[at+1])) {
			at++
		}
		if at+1 >= len(file) {
			return p, aid.RefusedBroken // cut off before its end
		}
		marker := file[at+1]
		at += 2
		if marker == 0xd9 { // end of image
			break
		}
		if at+2 > len(file) {
			return p, aid.RefusedBroken
		}
		size := int(binary.BigEndian.Uint16(file[at:]))
		if size < 2 || at+size > len(file) {
			return p, aid.RefusedBroken
		}
		segment := file[at+2 : at+size]
		at += size
		switch marker {
		case 0xc0, 0xc1, 0xc2:
			if f.components != 0 {
				return p, aid.RefusedBroken
			}
			if !f.read(segment) {
				return p, aid.RefusedBroken
			}
			f.progressive = marker == 0xc2
			p.width, p.height = f.width, f.height
		case 0xda:
			scans++
		case 0xe0:
			f.jfif = f.jfif || len(segment) >= 5 && string(segment[:5]) == "JFIF\x00"
		case 0xee:
			if len(segment) >= 12 && string(segment[:5]) == "Adobe" {
				f.adobe = segment[11] == 0
			}
		case 0xe1:
			if len(segment) > 6 && string(segment[:6]) == "Exif\x00\x00" && p.turn == 0 {
				p.turn = turnOf(segment[6:])
			}
		}
	}
	// One that is not progressive has at most a scan for each component; more
	// would only draw the same again.
	if f.components == 0 || scans == 0 || scans > maxScans || !f.progressive && scans > f.components {
		return p, aid.RefusedBroken
	}
	p.decoded = f.decoded()
	return p, ""
}

func isRestart(marker byte) bool { return 0xd0 <= marker && marker <= 0xd7 }

// A frame is what a JPEG says of its pixels.
type frame struct {
	width, height int
	components    int
	h, v          [4]int // sampling
	ids           [4]byte
	progressive   bool
	jfif, adobe   bool // adobe: its colours are not luma and chroma
}

func (f *frame) read(segment []byte) bool {
	if len(segment) < 6 || len(segment) != 6+3*int(segment[5]) {
		return false
	}
	f.height, f.width = int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:]))
	f.components = int(segment[5])
	if f.components != 1 && f.components != 3 && f.components != 4 {
		return false
	}
	for i := range f.components {
		f.ids[i] = segment[6+3*i]
		f.h[i], f.v[i] = int(segment[7+3*i]>>4), int(segment[7+3*i]&15)
		if f.components == 1 {
			f.h[i], f.v[i] = 1, 1 // sampling is about what there is more of
		}
		if f.h[i] == 0 || f.v[i] == 0 {
			return false
		}
	}
	return true
}

// decoded returns what Go's decoder allocates: a byte for each sample, four
// more where it keeps all coefficients until the last scan, and four bytes for
// each pixel that is not in luma and chroma.
func (f *frame) decoded() int64 {
	across := (f.width + 8*f.h[0] - 1) / (8 * f.h[0])
	down := (f.height + 8*f.v[0] - 1) / (8 * f.v[0])
	var blocks int64
	for i := range f.components {
		blocks += int64(across) * int64(down) * int64(f.h[i]) * int64(f.v[i])
	}
	total := 64 * blocks
	if f.progressive {
		total += 4 * 64 * blocks
	}
	rgb := f.components == 3 && !f.jfif && (f.adobe || f.ids == [4]byte{'R', 'G', 'B'})
	if f.components == 4 || rgb {
		total += 4 * int64(f.width) * int64(f.height)
	}
	return total
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// maxChunks bounds the chunks of a PNG that are not its data. Go's decoder takes
// four kilobytes for each of them, however small it is.
const maxChunks = 1000

// lookPNG walks the chunks of a PNG up to its end.
func lookPNG(file []byte) (picture, aid.EvidenceRefusal) {
	var p picture
	var depth, colours, interlaced byte
	transparent := false
	chunks := 0
	for at := len(pngSignature); ; {
		if at+12 > len(file) {
			return p, aid.RefusedBroken
		}
		size := int64(binary.BigEndian.Uint32(file[at:]))
		if size > int64(len(file)-at-12) {
			return p, aid.RefusedBroken
		}
		name, body := string(file[at+4:at+8]), file[at+8:at+8+int(size)]
		if (name == "IHDR") != (at == len(pngSignature)) {
			return p, aid.RefusedBroken
		}
		at += 12 + int(size)
		if name != "IDAT" {
			chunks++
		}
		if chunks > maxChunks {
			return p, aid.RefusedBroken
		}
		switch name {
		case "IHDR":
			if size != 13 {
				return p, aid.RefusedBroken
			}
			w, h := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
			if w > aid.MaxEvidencePixels || h > aid.MaxEvidencePixels {
				return p, aid.RefusedPixels
			}
			p.width, p.height = int(w), int(h)
			depth, colours, interlaced = body[8], body[9], body[12]
		case "tRNS":
			transparent = true
		case "eXIf":
			p.turn = turnOf(body)
		case "acTL": // only one of its pictures would be shown
			return p, aid.RefusedType
		}
		if name == "IEND" {
			break
		}
	}
	// As Go's decoder allocates it.
	pixel := int64(4)
	switch {
	case colours == 3, colours == 0 && !transparent:
		pixel = 1
	}
	if depth == 16 {
		pixel *= 2
	}
	p.decoded = int64(p.width) * int64(p.height) * pixel
	if interlaced != 0 {
		p.decoded *= 2 // each pass by itself, then all together
	}
	return p, ""
}

// lookWebP walks the chunks of a WebP. Only lossy pictures without
// transparency are taken: those are what cameras and messengers write, and the
// lossless kind (transparency is kept in it too) can ask for 175 MB with 160 kB
// of file, for tables that no header tells of.
func lookWebP(file []byte) (picture, aid.EvidenceRefusal) {
	var p picture
	end := 8 + int64(binary.LittleEndian.Uint32(file[4:]))
	if end > int64(len(file)) {
		return p, aid.RefusedBroken
	}
	file = file[:end]
	for at := 12; at < len(file); {
		if at+8 > len(file) {
			return p, aid.RefusedBroken
		}
		size := int64(binary.LittleEndian.Uint32(file[at+4:]))
		if size > int64(len(file)-at-8) {
			return p, aid.RefusedBroken
		}
		name, body := string(file[at:at+4]), file[at+8:at+8+int(size)]
		at += 8 + int(size+size%2)
		switch name {
		case "VP8 ":
			if len(body) < 10 || p.width != 0 {
				return p, aid.RefusedBroken
			}
			p.width = int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff)
			p.height = int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff)
		case "VP8L", "ALPH", "ANIM", "ANMF":
			return p, aid.RefusedType
		case "EXIF":
			p.turn = turnOf(body)
		}
	}
	// 4:2:0 in whole blocks of 16 by 16, and the file once more.
	across, down := int64(p.width+15)/16, int64(p.height+15)/16
	p.decoded = across * down * (384 + 8)
	return p, ""
}
