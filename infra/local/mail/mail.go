// Package mail stands in for SES: it accepts what the SDK sends, keeps every
// message as a file, and shows them. Nothing leaves this machine.
package mail

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Message is one mail as it was sent.
type Message struct {
	ID      string    `json:"id"`
	From    string    `json:"from"`
	To      string    `json:"to"` // several are separated by commas
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	Headers []Header  `json:"headers,omitempty"` // beside those above
	At      time.Time `json:"at"`
}

// A Header is one line above a mail.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Box keeps messages in a folder.
type Box struct{ folder string }

// Open returns the box in a folder, which is made if there is none.
func Open(folder string) (Box, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Box{}, fmt.Errorf("make %s: %w", folder, err)
	}
	return Box{folder}, nil
}

// Messages returns all messages, newest last.
func (b Box) Messages() ([]Message, error) {
	files, err := filepath.Glob(filepath.Join(b.folder, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list mail: %w", err)
	}
	slices.Sort(files) // names begin with the time
	messages := []Message{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read mail: %w", err)
		}
		var m Message
		if err := json.Unmarshal(text, &m); err != nil {
			return nil, fmt.Errorf("read mail %s: %w", file, err)
		}
		messages = append(messages, m)
	}
	return messages, nil
}

func (b Box) keep(m Message) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	name := m.At.Format("20060102T150405.000000000Z") + "-" + m.ID + ".json"
	// Readers look for .json only, so they never meet half a message.
	half := filepath.Join(b.folder, name+".half")
	if err := os.WriteFile(half, text, 0o644); err != nil {
		return err
	}
	return os.Rename(half, filepath.Join(b.folder, name))
}

// A sending is the body of SESv2's SendEmail, as far as it is understood.
type sending struct {
	FromEmailAddress     string
	Destination          struct{ ToAddresses, CcAddresses, BccAddresses []string }
	ReplyToAddresses     []string
	ConfigurationSetName string
	EmailTags            []json.RawMessage
	Content              struct {
		Simple *struct {
			Subject content
			Body    struct{ Text, Html *content }
			Headers []Header
		}
		Raw, Template json.RawMessage
	}
}

type content struct{ Data, Charset string }

// ServeHTTP answers POST /v2/email/outbound-emails as SES does.
func (b Box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, kind, message string) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-Errortype", kind)
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v2/email/outbound-emails" {
		refuse(http.StatusNotFound, "NotFoundException", "only SendEmail is supported here")
		return
	}
	m, err := read(http.MaxBytesReader(w, r.Body, 10<<20))
	if err != nil {
		refuse(http.StatusBadRequest, "BadRequestException", err.Error())
		return
	}
	if err := b.keep(m); err != nil {
		refuse(http.StatusInternalServerError, "InternalServiceErrorException", err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"MessageId": m.ID})
}

func read(body io.Reader) (Message, error) {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	var s sending
	if err := d.Decode(&s); err != nil {
		return Message{}, err
	}
	to := slices.Concat(s.Destination.ToAddresses, s.Destination.CcAddresses, s.Destination.BccAddresses)
	switch {
	case s.Content.Simple == nil:
		return Message{}, errors.New("only simple content is supported here")
	case s.FromEmailAddress == "":
		return Message{}, errors.New("no sender")
	case len(to) == 0:
		return Message{}, errors.New("nobody to send to")
	}
	for _, address := range append(to, s.FromEmailAddress) {
		if !strings.Contains(address, "@") || strings.ContainsAny(address, "\r\n") {
			return Message{}, fmt.Errorf("%q is no address", address)
		}
	}
	id := make([]byte, 12)
	if _, err := rand.Read(id); err != nil {
		return Message{}, err
	}
	m := Message{
		ID: hex.EncodeToString(id), From: s.FromEmailAddress, To: strings.Join(to, ", "),
		Subject: s.Content.Simple.Subject.Data, At: time.Now().UTC(),
	}
	if t := s.Content.Simple.Body.Text; t != nil {
		m.Text = t.Data
	}
	if h := s.Content.Simple.Body.Html; h != nil {
		m.HTML = h.Data
	}
	for _, h := range s.Content.Simple.Headers {
		if h.Name == "" || strings.ContainsAny(h.Name, "\r\n: ") || strings.ContainsAny(h.Value, "\r\n") {
			return Message{}, fmt.Errorf("%q: %q is no header", h.Name, h.Value)
		}
		m.Headers = append(m.Headers, h)
	}
	if m.Text+m.HTML == "" {
		return Message{}, errors.New("the message has no body")
	}
	return m, nil
}
