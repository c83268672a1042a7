import type { ReactNode } from 'react';

/** Icons on a grid of 16, drawn in the colour of the text around them. They always stand beside a word, or name themselves by `title`. */
interface IconProps {
  readonly size?: number;
}

function Icon({ size = 16, children }: IconProps & { children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const SunIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="2.9" fill="currentColor" stroke="none" />
    <path d="M8 1.3v1.6M8 13.1v1.6M1.3 8h1.6M13.1 8h1.6M3.3 3.3l1.1 1.1M11.6 11.6l1.1 1.1M12.7 3.3l-1.1 1.1M4.4 11.6l-1.1 1.1" />
  </Icon>
);

export const GridIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M9.3 1.4 3.9 9h3.6l-.8 5.6L12.1 7H8.5z" fill="currentColor" stroke="none" />
  </Icon>
);

export const MixedIcon = ({ size = 16 }: IconProps) => (
  <svg width={size} height={size} viewBox="0 0 16 16" fill="none" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
    <g stroke="var(--solar-line)">
      <path d="M7 5.1a2.9 2.9 0 0 0 0 5.8z" fill="var(--solar-line)" stroke="none" />
      <path d="M6.6 1.4v1.4M6.6 13.2v1.4M.9 8h1.4M2.4 3.6l1 1M3.4 11.4l-1 1" />
    </g>
    <path d="M12.6 1.4 8.6 8.8h2.6l-.6 5.8 4.6-8h-2.9z" fill="var(--grid-line)" />
  </svg>
);

export const FaultIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M8 1.2 15 14H1z" fill="currentColor" stroke="none" />
    <path d="M8 6v3.6M8 11.8v.1" stroke="var(--surface)" />
  </Icon>
);

export const SilentIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="6.2" strokeDasharray="2.4 2.5" />
    <path d="M5.6 8h4.8" />
  </Icon>
);

export const NeverIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="6.2" strokeDasharray="0.1 3.25" />
  </Icon>
);

export const WaitingIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4.4 11a3.6 3.6 0 0 1 7.2 0zM1.4 13.8h13.2M8 3.2v1.6M2.9 5.9 4 7M13.1 5.9 12 7" />
  </Icon>
);

export const StartingIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2 12.5h3v-3h3v-3h3v-3h3" />
    <path d="M11.4 13.2h2.6v-6" />
  </Icon>
);

export const StoppedIcon = (props: IconProps) => (
  <Icon {...props}>
    <rect x="3.4" y="3.4" width="9.2" height="9.2" rx="1.6" />
  </Icon>
);

export const UnknownIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="6.2" />
    <path d="M6.3 6.4a1.8 1.8 0 1 1 2.6 1.7c-.6.3-.9.6-.9 1.2M8 11.4v.1" />
  </Icon>
);

export const MotorIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="6.2" />
    <path d="M5.2 10.6V5.8L8 8.4l2.8-2.6v4.8" />
  </Icon>
);

export const AllIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2.5 4h11M2.5 8h11M2.5 12h11" />
  </Icon>
);

export const SearchIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="7" cy="7" r="4.6" />
    <path d="m10.6 10.6 3.6 3.6" />
  </Icon>
);

export const SiteIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M8 14.5s4.8-4.3 4.8-8A4.8 4.8 0 0 0 8 1.6a4.8 4.8 0 0 0-4.8 4.9c0 3.7 4.8 8 4.8 8z" />
    <circle cx="8" cy="6.5" r="1.6" />
  </Icon>
);

export const ViewIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2 4.5h6.5M11.5 4.5H14M2 11.5h2.5M7.5 11.5H14" />
    <circle cx="10" cy="4.5" r="1.6" />
    <circle cx="6" cy="11.5" r="1.6" />
  </Icon>
);

export const RefreshIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M13.6 7A5.7 5.7 0 0 0 3.4 4.6L2 6.2M2 2.6v3.6h3.6M2.4 9a5.7 5.7 0 0 0 10.2 2.4L14 9.8M14 13.4V9.8h-3.6" />
  </Icon>
);

export const BackIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M13.5 8h-11M7 3.5 2.5 8 7 12.5" />
  </Icon>
);

export const CloseIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);

export const CheckIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m3 8.6 3.2 3.2L13 4.6" />
  </Icon>
);

export const DotIcon = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="8" cy="8" r="2" />
  </Icon>
);

export const OfflineIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M1.6 6.2a9.4 9.4 0 0 1 3.2-2M8 3.4c2.4 0 4.7 1 6.4 2.8M4 8.9a5.6 5.6 0 0 1 2.5-1.5M10.4 7.7c.6.3 1.1.7 1.6 1.2M8 12.4v.1M2 1.6l12 12.8" />
  </Icon>
);

export const SortIcon = ({ direction }: { direction: 'up' | 'down' }) => (
  <Icon size={12}>{direction === 'up' ? <path d="M8 13V3.4M3.6 7.6 8 3.2l4.4 4.4" /> : <path d="M8 3v9.6M3.6 8.4 8 12.8l4.4-4.4" />}</Icon>
);

export const ChevronIcon = (props: IconProps) => (
  <Icon {...props}>
    <path d="m4 6 4 4 4-4" />
  </Icon>
);

/** Four bars, as many of them full as the signal is strong. @param percent 0 to 100. */
export function SignalIcon({ percent }: { percent: number }) {
  const full = percent <= 0 ? 0 : Math.min(4, Math.ceil(percent / 25));
  return (
    <svg width="18" height="14" viewBox="0 0 18 14" aria-hidden="true">
      {[0, 1, 2, 3].map((bar) => (
        <rect
          key={bar}
          x={1 + bar * 4.3}
          y={10 - bar * 3}
          width="3"
          height={3.4 + bar * 3}
          rx="1"
          fill={bar < full ? 'currentColor' : 'var(--line)'}
        />
      ))}
    </svg>
  );
}

/** The mark: a sun rising over the line of the grid. */
export const Mark = ({ size = 26 }: IconProps) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <path d="M6.5 19a9.5 9.5 0 0 1 19 0z" fill="var(--solar-line)" />
    <path d="M4 24h24" stroke="var(--grid-line)" strokeWidth="3" strokeLinecap="round" />
  </svg>
);
