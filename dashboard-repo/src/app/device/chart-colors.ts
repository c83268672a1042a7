import { themeChanged } from '../shell/theme.ts';

/** A canvas knows no custom properties and no light-dark(): an element is asked what they come to. */
export interface ChartColors {
  /** The colour of a custom property as it is now, such as '--solar-line'. @param alpha 0 to 1. */
  of(property: string, alpha?: number): string;
  /** Calls back when all colours may have changed. @returns Ends that. */
  onChange(changed: () => void): () => void;
}

export function chartColors(within: HTMLElement): ChartColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  within.append(probe);
  const known = new Map<string, string>();
  return {
    of(property, alpha = 1) {
      let color = known.get(property);
      if (color === undefined) {
        probe.style.color = `var(${property})`;
        color = getComputedStyle(probe).color;
        known.set(property, color);
      }
      const channels = color.match(/[\d.]+/g);
      return alpha === 1 || channels === null ? color : `rgb(${channels.slice(0, 3).join(' ')} / ${alpha})`;
    },
    onChange(changed) {
      const system = matchMedia('(prefers-color-scheme: dark)');
      const forget = () => {
        known.clear();
        changed();
      };
      system.addEventListener('change', forget);
      document.addEventListener(themeChanged, forget);
      return () => {
        system.removeEventListener('change', forget);
        document.removeEventListener(themeChanged, forget);
        probe.remove();
      };
    },
  };
}
