package release_test

import (
	"errors"
	"io"

	"ksbb/shared/release"
)

// paper is a scratch in memory. It knows what nobody threw away.
type paper struct{ open int }

func (p *paper) Create() (release.Spool, error) {
	p.open++
	return &sheet{of: p}, nil
}

// sheet is a file in memory.
type sheet struct {
	of   *paper
	body []byte
	at   int
}

func (s *sheet) Write(b []byte) (int, error) {
	s.body = append(s.body[:s.at], b...)
	s.at = len(s.body)
	return len(b), nil
}

func (s *sheet) Read(b []byte) (int, error) {
	if s.at == len(s.body) {
		return 0, io.EOF
	}
	n := copy(b, s.body[s.at:])
	s.at += n
	return n, nil
}

func (s *sheet) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		s.at = int(offset)
	case io.SeekEnd:
		s.at = len(s.body) + int(offset)
	default:
		return 0, errors.New("not needed")
	}
	return int64(s.at), nil
}

func (s *sheet) Close() error {
	if s.of == nil {
		return errors.New("closed twice")
	}
	s.of.open--
	s.of = nil
	return nil
}
