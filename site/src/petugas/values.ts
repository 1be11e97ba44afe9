/** What was filled in, by the names of the fields. */
export class Values {
  constructor(private readonly data: FormData) {}
  text(name: string): string {
    const v = this.data.get(name);
    return typeof v === 'string' ? v.trim() : '';
  }
  /** Absent where nothing was filled in. */
  optional(name: string): string | undefined {
    return this.text(name) || undefined;
  }
  /** A whole number as people write it, NaN for anything else. */
  number(name: string): number {
    const text = this.text(name).replace(/[\s.,]/g, '');
    return /^\d+$/.test(text) ? Number(text) : NaN;
  }
  on(name: string): boolean {
    return this.data.has(name);
  }
  all(name: string): string[] {
    return this.data.getAll(name).filter((v): v is string => typeof v === 'string');
  }
  file(name: string): File | null {
    const v = this.data.get(name);
    return v instanceof File && v.size > 0 ? v : null;
  }
}
