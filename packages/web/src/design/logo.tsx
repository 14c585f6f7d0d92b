// A gate in a wall: our mark, drawn here so that nothing is loaded for it.
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <path
        fill="var(--mantine-primary-color-filled)"
        d="M4 29V11.5L7 9V6h4v2.2l3-2.4V3h4v2.8l3 2.4V6h4v3l3 2.5V29h-6V19a6 6 0 0 0-12 0v10z"
      />
      <path
        fill="currentColor"
        opacity="0.35"
        d="M12.6 29v-9.6h1.6V29zm3-11.6h1.6V29h-1.6zm3 2h1.6V29h-1.6z"
      />
    </svg>
  );
}
