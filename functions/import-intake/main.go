// Command import-intake reads the lists that offices bring, compares them with
// what is known, and, once somebody has confirmed it, writes what differs or
// takes it back.
//
// REGION_PACK names the region pack that it serves.
// LEDGER_TABLE names the DynamoDB table of public facts.
// PRIVATE_TABLE names the DynamoDB table of contacts and secrets.
// EVIDENCE_BUCKET names the S3 bucket in which the files arrive.
package main

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/uuid"

	"ksbb/shared/blob"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("import-intake cannot start", "err", err)
		os.Exit(1)
	}
}

// memory is what the collector keeps the function below: a list is read in a
// quarter of a gigabyte, however long it is.
const memory = 200 << 20

func run(ctx context.Context, env func(string) string) error {
	debug.SetMemoryLimit(memory)
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
	s := &server{
		store: facts, files: vault, catalogue: catalogue.New(pack, facts, time.Now), now: time.Now,
		token: uuid.NewString, pause: pause, folder: os.TempDir(),
	}
	lambda.StartWithOptions(s.handle, lambda.WithContext(ctx))
	return nil
}

// pause waits, or returns why that is not to be done to the end.
func pause(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
