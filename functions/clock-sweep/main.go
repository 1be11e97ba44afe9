// Command clock-sweep does what time alone does: it drops what was never
// verified, reminds, lets promises lapse, escalates complaints and forgets
// personal data when its time is over. It finds deadlines anew when the office
// changed the permit that they go by.
//
// REGION_PACK names the region pack, LEDGER_TABLE the table of facts,
// PRIVATE_TABLE the table of contacts, from which it deletes and never reads,
// EVIDENCE_BUCKET the bucket of signed statements, with which it does the same.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/blob"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("clock-sweep cannot start", "err", err)
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
	vault, err := blob.OpenVault(ctx, env("EVIDENCE_BUCKET"))
	if err != nil {
		return err
	}
	current := catalogue.New(pack, facts, time.Now)
	handle := func(ctx context.Context, ev sweepEvent) (result, error) {
		standing := current.Pack(ctx)
		followed := follow(ctx, facts, pack, standing)
		s := &server{store: facts, files: vault, catalogue: standing.Catalogue()}
		done, err := s.handle(ctx, ev)
		return done, errors.Join(followed, err)
	}
	lambda.StartWithOptions(handle, lambda.WithContext(ctx))
	return nil
}
