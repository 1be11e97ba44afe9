// Package mail writes letters and hands them to SES. Compose is pure and knows
// the words; Sender knows the service and no word of what it carries.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"ksbb/shared/aid"
)

// client is the one call that sending makes.
type client interface {
	SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error)
}

// Sender sends letters from one address. It may be used concurrently.
type Sender struct {
	service client
	from    string
}

// Open prepares to send in the name of service from a verified address, with
// the credentials, region and endpoint of the environment. It makes no call
// yet.
func Open(ctx context.Context, service, address string) (*Sender, error) {
	if _, err := mail.ParseAddress(address); err != nil {
		return nil, fmt.Errorf("open mail: sender address: %w", err)
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("open mail: %w", err)
	}
	return New(sesv2.NewFromConfig(cfg), service, address), nil
}

// New sends through a client that is already prepared.
func New(client client, service, address string) *Sender {
	return &Sender{service: client, from: (&mail.Address{Name: service, Address: address}).String()}
}

// Reaches tells whether somebody can be written to.
func (s *Sender) Reaches(to aid.Contact) bool { return to.Email != "" }

// ErrUndeliverable: the mail service will never take this letter for this
// address. Trying again is of no use.
var ErrUndeliverable = errors.New("cannot be delivered")

// Carry hands m to the mail service, for whoever has the address of to. When it
// returns nil the service has taken the letter; when it returns an error it may
// have, so a caller that tries again may send twice, unless the error wraps
// [ErrUndeliverable]. It refuses whatever is not one bare address, and does not
// tell it.
func (s *Sender) Carry(ctx context.Context, to aid.Contact, m Message) error {
	if address, ok := aid.CleanEmail(to.Email); !ok || address != to.Email {
		return fmt.Errorf("send letter: the address is not clean: %w", ErrUndeliverable)
	}
	utf8 := aws.String("UTF-8")
	_, err := s.service.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress: &s.from,
		Destination:      &types.Destination{ToAddresses: []string{to.Email}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: &types.Content{Data: &m.Subject, Charset: utf8},
			Body: &types.Body{
				Text: &types.Content{Data: &m.Text, Charset: utf8},
				Html: &types.Content{Data: &m.HTML, Charset: utf8},
			},
			Headers: headers(m),
		}},
	})
	var rejected *types.MessageRejected
	var malformed *types.BadRequestException
	if errors.As(err, &rejected) || errors.As(err, &malformed) {
		// The service's own words may hold the address.
		return fmt.Errorf("send letter: %w", ErrUndeliverable)
	}
	if err != nil {
		return fmt.Errorf("send letter: %w", err)
	}
	return nil
}

// headers are those with which a mail program shows a button that ends letters
// like this one, and presses it without opening a page (RFC 2369, RFC 8058).
func headers(m Message) []types.MessageHeader {
	if m.OneClick == "" {
		return nil
	}
	return []types.MessageHeader{
		{Name: aws.String("List-Unsubscribe"), Value: aws.String("<" + m.OneClick + ">")},
		{Name: aws.String("List-Unsubscribe-Post"), Value: aws.String("List-Unsubscribe=One-Click")},
	}
}
