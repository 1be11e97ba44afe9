package evidence

import (
	"bytes"
	"encoding/binary"
)

// A turn is how a camera was held, in the numbers of EXIF.
type turn int

const upright turn = 1

// sideways says whether width and height change places.
func (t turn) sideways() bool { return t >= 5 }

// turnOf reads the orientation out of EXIF data; upright if it says nothing
// that can be understood.
func turnOf(exif []byte) turn {
	exif = bytes.TrimPrefix(exif, []byte("Exif\x00\x00")) // some writers of WebP
	if len(exif) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
	default:
		return upright
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return upright
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < 12 {
			break
		}
		const orientation, short = 0x0112, 3
		if order.Uint16(entries) == orientation && order.Uint16(entries[2:]) == short {
			if t := turn(order.Uint16(entries[8:])); upright <= t && t <= 8 {
				return t
			}
			break
		}
		entries = entries[12:]
	}
	return upright
}

// place returns where the pixel at x, y of a picture of w by h goes.
func (t turn) place(x, y, w, h int) (int, int) {
	switch t {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
