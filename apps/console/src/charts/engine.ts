// Only the parts that are drawn: the whole of the library is four times as large.
import { BarChart } from 'echarts/charts';
import { AriaComponent, GraphicComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, AriaComponent, GraphicComponent, GridComponent, TooltipComponent, SVGRenderer]);

/** Opens a chart in an element of known size; SVG, so that it prints and zooms sharp. */
export function openChart(element: HTMLElement) {
  return init(element, null, { renderer: 'svg' });
}
