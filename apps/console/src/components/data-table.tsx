import { cx } from '@feiqian/ui';
import {
  type ColumnDef,
  createColumnHelper,
  createSortedRowModel,
  metaHelper,
  type RowData,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type MouseEvent, useEffect, useRef } from 'react';
import { typing } from './keys.ts';

interface ColumnLook {
  /** Numbers and amounts stand right. */
  align?: 'end';
  /** The narrowest screen on which the column is worth its place. */
  from?: 'sm' | 'md' | 'lg' | 'xl' | '2xl';
  className?: string;
  /** Identifiers and codes: monospaced and a little smaller. */
  mono?: boolean;
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
  columnMeta: metaHelper<ColumnLook>(),
});
type Features = typeof features;

/** Makes the columns of a table of `T`; sorting is off unless a column turns it on. */
export const columnsOf = <T extends RowData>() => createColumnHelper<Features, T>();
// biome-ignore lint/suspicious/noExplicitAny: each column keeps the type of its own values
export type Columns<T extends RowData> = readonly ColumnDef<Features, T, any>[];

const shownFrom: Record<NonNullable<ColumnLook['from']>, string> = {
  sm: 'max-sm:hidden',
  md: 'max-md:hidden',
  lg: 'max-lg:hidden',
  xl: 'max-xl:hidden',
  '2xl': 'max-2xl:hidden',
};

function cellClass(look: ColumnLook | undefined): string {
  return cx(
    'px-3 whitespace-nowrap first:pl-4 last:pr-4',
    look?.align === 'end' && 'text-right',
    look?.from && shownFrom[look.from],
  );
}

interface DataTableProps<T extends RowData> {
  /** Spoken name of the table. */
  label: string;
  columns: Columns<T>;
  data: readonly T[];
  rowId: (row: T) => string;
  /** Rows with a link in them: j, k, arrows and Enter walk them, a click anywhere follows. */
  walk?: boolean;
  /** Told when the keyboard goes beyond the last row. */
  onEnd?: () => void;
}

/** Rows of 32 px at a desk. The first link of a row is what the row opens. */
export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { label, columns, data, rowId, walk = false, onEnd } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body, walk, onEnd);
  const table = useTable({
    features,
    columns: columns as ColumnDef<Features, T>[],
    data: data as T[],
    getRowId: rowId,
    defaultColumn: { enableSorting: false },
  });
  return (
    <table aria-label={label} className="w-full border-collapse text-14 text-ink">
      <thead className="border-line border-b">
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id} className="h-(--row)">
            {group.headers.map((header) => {
              const sorted = header.column.getIsSorted();
              return (
                <th
                  key={header.id}
                  scope="col"
                  aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
                  className={cx(
                    'text-left font-normal text-12 text-muted',
                    cellClass(header.column.columnDef.meta),
                  )}
                >
                  {header.column.getCanSort() ? (
                    <button
                      type="button"
                      onClick={header.column.getToggleSortingHandler()}
                      className="inline-flex min-h-6 items-center gap-1 hover:text-ink"
                    >
                      <table.FlexRender header={header} />
                      {sorted === 'asc' ? <ArrowUp size={12} aria-hidden="true" /> : null}
                      {sorted === 'desc' ? <ArrowDown size={12} aria-hidden="true" /> : null}
                    </button>
                  ) : (
                    <table.FlexRender header={header} />
                  )}
                </th>
              );
            })}
          </tr>
        ))}
      </thead>
      <tbody ref={body} className="divide-y divide-line">
        {table.getRowModel().rows.map((row) => (
          <tr
            key={row.id}
            onClick={walk ? followRow : undefined}
            className={cx(walk && 'row-link cursor-pointer hover:bg-sunken')}
          >
            {row.getAllCells().map((cell) => (
              <td
                key={cell.id}
                className={cx(
                  // Padding instead of a height, so that words of different sizes share one baseline.
                  'py-[calc((var(--row)-1.5em-3px)/2)] align-baseline',
                  cellClass(cell.column.columnDef.meta),
                  cell.column.columnDef.meta?.className,
                )}
              >
                {cell.column.columnDef.meta?.mono ? (
                  <span className="font-mono text-12">
                    <table.FlexRender cell={cell} />
                  </span>
                ) : (
                  <table.FlexRender cell={cell} />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A click on a row is a click on its link, unless it was for something else: another link, or selecting text. */
function followRow(event: MouseEvent<HTMLTableRowElement>): void {
  if ((event.target as HTMLElement).closest('a, button, input')) return;
  if (window.getSelection()?.toString()) return;
  event.currentTarget.querySelector('a')?.click();
}

function useRowKeys(
  body: React.RefObject<HTMLTableSectionElement | null>,
  walk: boolean,
  onEnd: (() => void) | undefined,
): void {
  const atEnd = useRef(onEnd);
  atEnd.current = onEnd;
  useEffect(() => {
    if (!walk) return;
    const listen = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || typing(event)) return;
      const inside = body.current?.contains(document.activeElement) ?? false;
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      const arrow = !inside ? 0 : event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      const move = step || arrow;
      if (move === 0) return;
      event.preventDefault();
      const links = [...(body.current?.rows ?? [])].map((row) => row.querySelector('a'));
      const here = links.findIndex((link) => link?.closest('tr')?.contains(document.activeElement));
      const next = here === -1 ? (move === 1 ? 0 : links.length - 1) : here + move;
      if (next >= links.length) atEnd.current?.();
      links[next]?.focus();
      links[next]?.closest('tr')?.scrollIntoView({ block: 'nearest' });
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [body, walk]);
}
