package evidence

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"io"
	"regexp"

	"ksbb/shared/aid"
)

var pdfHeader = regexp.MustCompile(`^%PDF-(1\.[0-7]|2\.0)[\s%]`)

// What a name in a PDF means to us.
const (
	// active names run something, fetch something by themselves, hold other
	// files, or hide what the file holds. A link that a person may follow
	// (/URI) does none of it.
	active = 1 + iota
	// short ones are active too, but compressed data holds them by chance.
	short
	opens   // is active unless it only says where to begin reading
	objects // of a stream that holds objects
	encoded // of a stream, otherwise than we can read it
)

var meanings = map[string]int{
	"JavaScript": active, "Launch": active, "EmbeddedFile": active, "RichMedia": active,
	"SubmitForm": active, "ImportData": active, "GoToR": active, "GoToE": active, "Movie": active, "Sound": active,
	"Rendition": active, "Encrypt": active,
	// A file within stands at /EF. The list of them, /EmbeddedFiles, says
	// nothing: some writers always make an empty one.
	"JS": short, "AA": short, "XFA": short, "EF": short,
	"OpenAction": opens,
	"ObjStm":     objects,
	"LZWDecode":  encoded, "LZW": encoded, "ASCIIHexDecode": encoded, "AHx": encoded, "ASCII85Decode": encoded, "A85": encoded,
	"RunLengthDecode": encoded, "RL": encoded, "Crypt": encoded, "Predictor": encoded,
}

// Bounds of what is inflated to be looked at.
const (
	maxInflated = 32 << 20 // of one file
	maxStreams  = 20_000
	maxNested   = 2
	maxRatio    = 100 // beyond the first megabyte of a stream
)

// checkPDF refuses a PDF that is cut off, or that holds the name of anything
// active. It reads the file as a heap of names, not as a document: whatever a
// reader may make of it stands in it somewhere, and no table of contents has to
// be believed.
func checkPDF(file []byte) aid.EvidenceRefusal {
	if !pdfHeader.Match(file) || !bytes.Contains(file[max(0, len(file)-1024):], []byte("%%EOF")) {
		return aid.RefusedBroken
	}
	var in inflater
	streams := 0
	for rest := file; ; {
		before, body, after, found := cutStream(rest)
		if hasActive(before, true, 0) {
			return aid.RefusedActive
		}
		if !found {
			return ""
		}
		if after == nil {
			return aid.RefusedBroken // a stream without an end
		}
		if streams++; streams > maxStreams {
			return aid.RefusedBroken
		}
		dict := before[max(0, bytes.LastIndex(before, []byte("obj"))):]
		holdsObjects := says(dict, objects)
		if holdsObjects && says(dict, encoded) {
			return aid.RefusedActive // nobody writes objects so, but to hide them
		}
		if hasActive(body, holdsObjects, 0) {
			return aid.RefusedActive
		}
		if refusal := in.check(body); refusal != "" {
			return refusal
		}
		rest = after
	}
}

// cutStream divides a file around its first stream: what stands before it, what
// is in it, and what comes after, which is nil if it never ends.
func cutStream(file []byte) (before, body, after []byte, found bool) {
	const begin, end = "stream", "endstream"
	for at := 0; ; {
		i := bytes.Index(file[at:], []byte(begin))
		if i < 0 {
			return file, nil, nil, false
		}
		at += i + len(begin)
		if at < len(file) && (file[at] == '\r' || file[at] == '\n') && !bytes.HasSuffix(file[:at], []byte(end)) {
			body = file[at:]
			before = file[:at-len(begin)]
			break
		}
	}
	body, after, ok := bytes.Cut(body, []byte(end))
	if !ok {
		return before, body, nil, true
	}
	return before, body, after[:len(after):len(after)], true
}

// hasActive says whether an active name stands in a text, the last bytes of
// which are left for later.
func hasActive(text []byte, withShort bool, later int) bool {
	for name, after := range names(text) {
		if len(after) < later {
			return false
		}
		switch meanings[string(name)] {
		case active:
			return true
		case short:
			if withShort {
				return true
			}
		case opens:
			if !opensAtPage(after) {
				return true
			}
		}
	}
	return false
}

// says tells whether a name with a meaning stands in a text.
func says(text []byte, meaning int) bool {
	for name := range names(text) {
		if meanings[string(name)] == meaning {
			return true
		}
	}
	return false
}

// opensAtPage says whether what follows /OpenAction is only a place to begin
// reading at. Word processors write one into every file.
func opensAtPage(after []byte) bool {
	after = bytes.TrimLeft(after, "\x00\t\n\f\r ")
	return len(after) > 0 && after[0] == '['
}

// names goes through the names in a text, each with what follows it. The
// escapes in a name are resolved: /J#53 is /JS. Longer names than any that
// matters are cut. A name is good until the next one.
func names(text []byte) func(yield func(name, after []byte) bool) {
	return func(yield func(name, after []byte) bool) {
		var name [32]byte
		for {
			i := bytes.IndexByte(text, '/')
			if i < 0 {
				return
			}
			text = text[i+1:]
			n, at := 0, 0
			for at < len(text) && n < len(name) && !endsName[text[at]] {
				c := text[at]
				at++
				if c == '#' && at+1 < len(text) && hex(text[at]) >= 0 && hex(text[at+1]) >= 0 {
					c = byte(hex(text[at])<<4 | hex(text[at+1]))
					at += 2
				}
				name[n] = c
				n++
			}
			if n > 0 && !yield(name[:n], text[at:]) {
				return
			}
		}
	}
}

var endsName = func() (ends [256]bool) {
	for _, c := range []byte("\x00\t\n\f\r ()<>[]{}/%") {
		ends[c] = true
	}
	return ends
}()

func hex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// An inflater looks into compressed streams. It keeps its readers: a file can
// hold thousands of streams.
type inflater struct {
	total   int64
	level   [maxNested + 1]io.ReadCloser
	ahead   [maxNested + 1]*bufio.Reader
	scratch []byte
}

// check looks for active names in a stream that holds objects. Which ones do is
// told by what they begin with, whatever their dictionaries say; pictures and
// fonts are left packed.
func (in *inflater) check(body []byte) aid.EvidenceRefusal {
	body = bytes.TrimLeft(body, "\r\n")
	if !packed(body) {
		return ""
	}
	var from io.Reader = bytes.NewReader(body)
	for level := range maxNested + 1 {
		if level == maxNested {
			return aid.RefusedBroken // packed once more than anybody packs
		}
		r, err := in.open(level, from)
		if err != nil {
			return ""
		}
		head, _ := r.Peek(64) // shorter at the end, or where it is damaged
		if packed(head) {
			from = r
			continue
		}
		// What was packed twice is no picture: look at it whatever it is.
		if level == 0 && !beginsWithObjects(head) {
			return ""
		}
		return in.scan(r, int64(len(body)))
	}
	return ""
}

func (in *inflater) open(level int, from io.Reader) (*bufio.Reader, error) {
	if in.level[level] == nil {
		z, err := zlib.NewReader(from)
		if err != nil {
			return nil, err
		}
		in.level[level], in.ahead[level] = z, bufio.NewReader(z)
		return in.ahead[level], nil
	}
	if err := in.level[level].(zlib.Resetter).Reset(from, nil); err != nil {
		return nil, err
	}
	in.ahead[level].Reset(in.level[level])
	return in.ahead[level], nil
}

// scan reads to the end, or to where the data is damaged, as PDF readers do.
func (in *inflater) scan(r io.Reader, packedSize int64) aid.EvidenceRefusal {
	const tail, overlap = 64, 128 // no name that matters is longer, escaped as it may be
	if in.scratch == nil {
		in.scratch = make([]byte, 64<<10)
	}
	kept, size := 0, int64(0)
	for {
		n, err := io.ReadFull(r, in.scratch[kept:])
		size, in.total = size+int64(n), in.total+int64(n)
		if in.total > maxInflated || size > 1<<20+maxRatio*packedSize {
			return aid.RefusedBroken
		}
		text, later := in.scratch[:kept+n], tail
		if err != nil {
			later = 0
		}
		if hasActive(text, true, later) {
			return aid.RefusedActive
		}
		if err != nil {
			return ""
		}
		kept = copy(in.scratch, text[len(text)-overlap:])
	}
}

// packed says whether data begins as zlib writes it.
func packed(data []byte) bool {
	return len(data) > 2 && data[0]&15 == 8 && data[0]>>4 <= 7 && (int(data[0])<<8|int(data[1]))%31 == 0
}

var twoNumbers = regexp.MustCompile(`^(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])*[0-9]+[\x00\t\n\f\r ]+[0-9]+[\x00\t\n\f\r ]`)

// beginsWithObjects says whether data begins with two numbers, as a stream of
// objects must.
func beginsWithObjects(head []byte) bool { return twoNumbers.Match(head) }
