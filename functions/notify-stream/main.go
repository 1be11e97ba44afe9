// Command notify-stream sends the letters that the ledger's outbox holds, each
// to the one it is for: the collaborator, the steward, the office that follows
// up, or all who subscribed to a report.
//
// REGION_PACK names the region pack that it serves.
// LEDGER_TABLE names the DynamoDB table of public facts, with the outbox.
// PRIVATE_TABLE names the DynamoDB table of contacts and secrets.
// SITE_URL is the origin of the public site; links in letters start with it.
// MAIL_FROM is the verified address that letters come from.
// OFFICE_MAIL is the address of the office that follows up; empty when there is none.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/aid"
	"ksbb/shared/catalogue"
	"ksbb/shared/mail"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("notify-stream cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	facts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	post, err := mail.Open(ctx, pack.Title, env("MAIL_FROM"))
	if err != nil {
		return err
	}
	office := env("OFFICE_MAIL")
	if _, ok := aid.CleanEmail(office); office != "" && !ok {
		return errors.New("OFFICE_MAIL is not an address")
	}
	s := &server{
		outbox: facts, couriers: []courier{post}, pack: pack, region: catalogue.New(pack, facts, time.Now), office: aid.Contact{Email: strings.ToLower(office)},
		site: strings.TrimSuffix(env("SITE_URL"), "/"), now: time.Now,
	}
	lambda.StartWithOptions(s.handle, lambda.WithContext(ctx))
	return nil
}
