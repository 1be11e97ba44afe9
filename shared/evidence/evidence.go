// Package evidence decides whether an uploaded file is taken as evidence, and
// draws the copies that people see. It knows files, and nothing of who sent one
// or what for.
//
// The originals are kept privately, byte for byte, and are never shown: what is
// shown is drawn anew from pixels, so that nothing that a file holds beside its
// picture (place, camera, comments, another file behind its end) can get out.
// That is why a picture with something behind its end is taken.
package evidence

import (
	"bytes"
	"image"
	"image/jpeg"

	"ksbb/shared/aid"
)

// A Result is what a file is, and how it is shown.
type Result struct {
	Type          string // media type, by content
	Width, Height int    // upright; zero for a PDF
	Display       []byte // JPEG, at most [DisplaySide] on its longer side; nil for a PDF
	Thumb         []byte // JPEG, at most [ThumbSide]; nil for a PDF
}

// How large copies are, in pixels of the longer side.
const (
	DisplaySide = 1600
	ThumbSide   = 320
)

// maxDecoded bounds the bytes that decoding a picture allocates, so that all of
// a check stays within 64 MB beside the file itself. It is what decides for how
// many of the 25 million pixels there is room:
//
//	JPEG                4:2:0 25 MP    4:2:2 24 MP    4:4:4 16 MP    grey 25 MP
//	JPEG, progressive   4:2:0 6.4 MP   4:2:2 4.8 MP   4:4:4 3.2 MP   grey 9.6 MP
//	JPEG, RGB or CMYK   6 MP and more
//	PNG                 colour 12 MP   palette, grey 25 MP   16 bits a colour 6 MP; half of it interlaced
//	WebP                25 MP
//
// Cameras write JPEG 4:2:0 that is not progressive.
const maxDecoded = 48_000_000

// Check looks at a file that was announced as a media type of
// [aid.EvidenceTypes]. The refusal is empty if the file is taken.
func Check(file []byte, announced string) (Result, aid.EvidenceRefusal) {
	if len(file) > aid.MaxEvidenceBytes {
		return Result{}, aid.RefusedTooLarge
	}
	kind := typeOf(file)
	if kind == "" || kind != announced {
		return Result{}, aid.RefusedType
	}
	if kind == typePDF {
		return Result{Type: kind}, checkPDF(file)
	}
	p, refusal := look(file, kind)
	if refusal != "" {
		return Result{}, refusal
	}
	return draw(file, kind, p)
}

const (
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
	typeWebP = "image/webp"
	typePDF  = "application/pdf"
)

// typeOf goes by what stands at the very beginning, as strictly as the formats
// want it: a PDF reader also finds a header further on, where it makes a file
// that is two things at once.
func typeOf(file []byte) string {
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8\xff")):
		return typeJPEG
	case bytes.HasPrefix(file, []byte(pngSignature)):
		return typePNG
	case len(file) >= 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP":
		return typeWebP
	case bytes.HasPrefix(file, []byte("%PDF-")):
		return typePDF
	}
	return ""
}

// A picture is what its headers say.
type picture struct {
	width, height int
	decoded       int64 // bytes that decoding it allocates
	turn          turn
}

// look reads the headers of a picture and refuses what must not be decoded.
func look(file []byte, kind string) (picture, aid.EvidenceRefusal) {
	var p picture
	var refusal aid.EvidenceRefusal
	switch kind {
	case typeJPEG:
		p, refusal = lookJPEG(file)
	case typePNG:
		p, refusal = lookPNG(file)
	case typeWebP:
		p, refusal = lookWebP(file)
	}
	switch {
	case refusal != "":
		return p, refusal
	case p.width <= 0 || p.height <= 0:
		return p, aid.RefusedBroken
	case int64(p.width)*int64(p.height) > aid.MaxEvidencePixels || p.decoded > maxDecoded:
		return p, aid.RefusedPixels
	}
	return p, ""
}

// draw decodes a picture whose headers were looked at, and draws its copies.
func draw(file []byte, kind string, p picture) (Result, aid.EvidenceRefusal) {
	decoder := decoders[kind]
	// The decoder's own reading of the size counts, should ours be wrong.
	size, err := decoder.size(bytes.NewReader(file))
	if err != nil || size.Width != p.width || size.Height != p.height {
		return Result{}, aid.RefusedBroken
	}
	pixels, err := decoder.decode(bytes.NewReader(file))
	if err != nil {
		return Result{}, aid.RefusedBroken
	}
	display := shrink(pixels, DisplaySide, p.turn)
	thumb := shrink(display, ThumbSide, upright)
	r := Result{Type: kind, Width: p.width, Height: p.height}
	if p.turn.sideways() {
		r.Width, r.Height = p.height, p.width
	}
	if r.Display, err = encode(display, 82); err != nil {
		return Result{}, aid.RefusedBroken
	}
	if r.Thumb, err = encode(thumb, 75); err != nil {
		return Result{}, aid.RefusedBroken
	}
	return r, ""
}

// encode fails only for sides that no copy has.
func encode(m image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(m.Bounds().Dx() * m.Bounds().Dy() / 4)
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
